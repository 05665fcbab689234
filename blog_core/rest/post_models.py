"""Posts, revisions and comments from the database as the API gives them."""

from datetime import datetime

from sqlalchemy import RowMapping

from blog_core.content.desk import DeskPost as FoundPost
from blog_core.rest.models import (
    Author,
    DeskPost,
    DeskSummary,
    Named,
    PublicComment,
    PublishedPost,
    PublishedSummary,
    QueuedComment,
    RevisionSummary,
    RevisionText,
)


def published_summary(row: RowMapping) -> PublishedSummary:
    """A post in a list of what readers see."""
    return PublishedSummary(**_published(row))


def published_post(row: RowMapping) -> PublishedPost:
    """A post as readers see it."""
    more = {
        name: row[name] for name in ("created_at", "updated_at", "comments_open", "words", "html")
    }
    return PublishedPost(**_published(row), **more)


def _published(row: RowMapping) -> dict[str, object]:
    names = (
        "id", "slug", "title", "excerpt", "image", "publish_at", "comment_count",
        "reading_time_min",
    )  # fmt: skip
    lists = {name: [Named(**item) for item in row[name]] for name in ("authors", "tags")}
    return {name: row[name] for name in names} | lists


def desk_summary(row: RowMapping, now: datetime) -> DeskSummary:
    """A post in a list for those who write."""
    return DeskSummary(**_desk(row, now), tags=[tag["name"] for tag in row["tags"]])


def desk_post(found: FoundPost, now: datetime) -> DeskPost:
    """A post with its last saved text."""
    row = found.row
    shown = _desk(row, now)
    shown["title"] = row["head_title"] or row["title"]
    return DeskPost(
        **shown,
        tags=list(row["head_tags"] or ()),
        body=row["head_body"] or "",
        excerpt=row["head_excerpt"],
        image=row["head_image"],
        comments_open=row["comments_open"],
        revision_id=row["head_revision_id"],
        revision_number=row["head_number"],
    )


def _desk(row: RowMapping, now: datetime) -> dict[str, object]:
    names = (
        "id", "slug", "title", "status", "publish_at", "created_at", "updated_at", "version",
    )  # fmt: skip
    is_published, at = row["status"] == "published", row["publish_at"]
    return {name: row[name] for name in names} | {
        "is_scheduled": is_published and at is not None and at > now,
        "has_unpublished_changes": is_published
        and row["head_revision_id"] != row["published_revision_id"],
        "authors": [Author(**author) for author in row["authors"]],
    }


def revision_summary(row: RowMapping) -> RevisionSummary:
    """A revision in the list of a post's."""
    return RevisionSummary(**{name: row[name] for name in RevisionSummary.model_fields})


def revision_text(row: RowMapping) -> RevisionText:
    """A revision with its text."""
    return RevisionText(**{name: row[name] for name in RevisionText.model_fields})


def public_comment(row: RowMapping) -> PublicComment:
    """A comment as readers see it."""
    return PublicComment(**{name: row[name] for name in PublicComment.model_fields})


def queued_comment(row: RowMapping) -> QueuedComment:
    """A comment as moderators see it."""
    return QueuedComment(**{name: row[name] for name in QueuedComment.model_fields})
