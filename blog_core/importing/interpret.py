"""Front matter and body of one file as a post: what each generator's keys mean.

Nothing is guessed in silence: every value that found no place stays in `extra`, and every decision
that a reader of the report may want to know of becomes a note.
"""

from dataclasses import dataclass, replace

from blog_core.content.text import MAX_EXCERPT_CHARS, MAX_TITLE_CHARS
from blog_core.importing.addresses import slug_of
from blog_core.importing.dates import date_in_file_name
from blog_core.importing.fields import Fields
from blog_core.importing.labels import authors_of, image_of, tags_of
from blog_core.importing.old_addresses import addresses_of
from blog_core.importing.plain_values import text_of
from blog_core.importing.post import ImportedPost, JsonValue
from blog_core.importing.source import Source
from blog_core.importing.times import status_of, times_of
from blog_core.importing.titles import plain_text, title_from_body, title_from_name
from blog_core.rendering import shorten


@dataclass(frozen=True, slots=True)
class Interpreted:
    """A post, and the front matter keys that nobody expected."""

    post: ImportedPost
    unknown_keys: tuple[str, ...] = ()


def interpret(source: Source) -> Interpreted:
    """The post that a file means. Decisions worth telling are added to `source.notes`."""
    fields = Fields(source.values)
    title, body, markup = _title(fields, source)
    status = status_of(fields, source)
    times = times_of(fields, source, status)
    addresses = addresses_of(fields, source)
    post = ImportedPost(
        source_key=source.path,
        title=title,
        slug=addresses.slug or slug_of(title) or "post",
        body=body,
        status=status,
        publish_at=times.publish_at,
        created_at=times.created_at,
        updated_at=times.updated_at,
        excerpt=_excerpt(fields),
        authors=authors_of(fields),
        tags=tags_of(fields, source),
        image=image_of(fields, source),
        comments_open=fields.truth("comments") is not False,
        redirects=addresses.redirects,
    )
    return Interpreted(replace(post, extra={**markup, **fields.extra}), fields.unknown)


def _title(fields: Fields, source: Source) -> tuple[str, str, dict[str, JsonValue]]:
    """The title as plain text, the body, and the title with its markup if it had any."""
    written = fields.text("title", "name") or text_of(fields.nested("title"))
    if written:
        title = plain_text(written) or written
        kept: dict[str, JsonValue] = {"title": written} if title != written else {}
        return _fitting(title, source, kept), source.body, kept
    found = title_from_body(source.body)
    if found is not None:
        source.notes.append("no title: took the heading the text begins with")
        return _fitting(found[0], source, {}), found[1], {}
    source.notes.append("no title: made one from the file name")
    return _fitting(title_from_name(date_in_file_name(source.name)[1]), source, {}), source.body, {}


def _fitting(title: str, source: Source, kept: dict[str, JsonValue]) -> str:
    if len(title) <= MAX_TITLE_CHARS:
        return title
    kept.setdefault("title", title)
    source.notes.append(f"the title has {len(title)} characters: cut to {MAX_TITLE_CHARS}")
    return title[: MAX_TITLE_CHARS - 1].rstrip() + "…"


def _excerpt(fields: Fields) -> str:
    """The first of excerpt, summary and description; what says more than that stays in `extra`."""
    found = list(fields.find("excerpt", "summary", "description"))
    excerpt = next((text for _, value in found if (text := plain_text(text_of(value)))), "")
    excerpt = shorten(excerpt, MAX_EXCERPT_CHARS - 1)
    for key, value in found:
        if excerpt == " ".join(text_of(value).split()):
            fields.place(key)
    return excerpt
