"""When a post was published, and whether it was."""

from dataclasses import dataclass
from datetime import datetime

from blog_core.importing.dates import date_in_file_name, midnight, parse_date
from blog_core.importing.fields import Fields, truth_of
from blog_core.importing.plain_values import text_of
from blog_core.importing.post import STATUSES, Status
from blog_core.importing.source import Source

_UPDATED = ("updated", "lastmod", "lastModified", "lastModifiedAt", "modified", "updatedAt")


@dataclass(frozen=True, slots=True)
class Times:
    """When a post was written, changed and published; `publish_at` is None if nothing says."""

    publish_at: datetime | None
    created_at: datetime
    updated_at: datetime


def times_of(fields: Fields, source: Source, status: Status) -> Times:
    """The times that the front matter names, else the file's name, else the file itself."""
    dated = date_under(fields, source, "date")
    published = date_under(fields, source, "publishDate", "pubDate", "publishedAt", "published")
    updated = date_under(fields, source, *_UPDATED)
    created = date_under(fields, source, "created", "createdAt")
    day = date_in_file_name(source.name)[0]
    publish_at = published or dated or created
    if publish_at is None and day is not None:
        publish_at = midnight(day, source.zone)
    if publish_at is None and status != "draft":
        source.notes.append("no date: took the time the file was changed")
        publish_at = source.modified_at
    beginning = created or dated or publish_at or source.modified_at
    created_at = min(beginning, publish_at or beginning)
    return Times(publish_at, created_at, max(updated or created_at, created_at))


def date_under(fields: Fields, source: Source, *names: str) -> datetime | None:
    """The first date among `names`, taken. What is no date is noted and stays."""
    for key, value in fields.find(*names):
        text = text_of(value)
        if not text or truth_of(value) is not None:
            continue
        try:
            found = parse_date(text, source.zone)
        except ValueError:
            source.notes.append(f"{key}: found {text[:60]!r}, expected a date; left in the extras")
            continue
        fields.place(key)
        return found
    return None


def status_of(fields: Fields, source: Source) -> Status:
    """Whether readers may see the post; a date to come makes a published one scheduled."""
    named = next(fields.find("status"), None)
    if named is not None and text_of(named[1]).casefold() in STATUSES:
        fields.place(named[0])
        return next(status for status in STATUSES if status == text_of(named[1]).casefold())
    is_draft = fields.truth("draft") is True or "_drafts" in source.path.split("/")
    is_published = fields.truth("published")
    if is_draft or is_published is False:
        return "draft"
    if fields.truth("hidden", "private", "unlisted") is True:
        return "hidden"
    expires_at = date_under(fields, source, "expiryDate")
    if expires_at is not None and expires_at <= source.now:
        source.notes.append(f"expired on {expires_at:%Y-%m-%d}: archived")
        return "archived"
    return "published"
