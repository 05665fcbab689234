"""A post under way: its row locked at the version the actor saw, and written once at the end.

The one UPDATE is conditional on that version, so nothing is ever overwritten unseen.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from blog_core.access.permissions import Subject
from blog_core.content.acting import require, rows_changed
from blog_core.errors import Conflict, NotFound
from blog_core.model import Post, PostAuthor


@dataclass(frozen=True, slots=True)
class LockedPost:
    """The short columns of a post whose row is locked until the transaction ends."""

    id: int
    version: int
    status: str
    slug: str
    title: str
    publish_at: datetime | None
    author_id: int
    author_ids: frozenset[int]
    head_revision_id: int | None
    published_revision_id: int | None

    @property
    def subject(self) -> Subject:
        """What permissions are asked about."""
        return Subject(
            "post", self.id, owners=self.author_ids, is_public=self.status == "published"
        )

    @property
    def listed_at(self) -> datetime | None:
        """The instant it stands in the lists at; None while it stands in none."""
        return self.publish_at if self.status == "published" else None

    @property
    def was_published(self) -> bool:
        """Whether readers may have seen it, so that its address must live on."""
        return self.published_revision_id is not None

    @property
    def has_unpublished_changes(self) -> bool:
        """Whether the head revision is newer than what readers get."""
        return self.head_revision_id != self.published_revision_id


_COLUMNS = (
    Post.id,
    Post.version,
    Post.status,
    Post.slug,
    Post.title,
    Post.publish_at,
    Post.author_id,
    Post.head_revision_id,
    Post.published_revision_id,
)


def lock_post(
    session: Session, post_id: int, *, permission: str, version: int | None = None
) -> LockedPost:
    """Lock a post for the actor, who needs `permission` on it and saw it at `version`.

    `version=None` takes whatever is there (for the system: imports, commands). Raises `NotFound`,
    also for a post the actor may not know of, `Forbidden` or `Conflict`.
    """
    row = session.execute(
        select(*_COLUMNS).where(Post.id == post_id).with_for_update(key_share=True)
    ).one_or_none()
    if row is None:
        raise NotFound("post", post_id)
    owners = session.scalars(select(PostAuthor.account_id).where(PostAuthor.post_id == post_id))
    post = LockedPost(**row._asdict(), author_ids=frozenset(owners) | {row.author_id})
    require(session, permission, on=post.subject)
    if version is not None and version != post.version:
        raise Conflict("post", post_id, seen=version, current=post.version)
    return post


def write_post(session: Session, post: LockedPost, **values: Any) -> int:
    """Write columns of a locked post and move its version on; the new version."""
    moved = (
        update(Post)
        .where(Post.id == post.id, Post.version == post.version)
        .values(version=Post.version + 1, **values)
    )
    if rows_changed(session, moved) != 1:
        current = session.scalar(select(Post.version).where(Post.id == post.id))
        raise Conflict("post", post.id, seen=post.version, current=current or 0)
    return post.version + 1
