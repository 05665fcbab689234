"""Every road to and from *published*. A published post is a copy of one revision, rendered once."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from blog_core.content.acting import actor_of, now, record, site_of
from blog_core.content.lists import relist
from blog_core.content.locked import LockedPost, lock_post, write_post
from blog_core.content.pictures import pictures_of
from blog_core.content.rendered_post import published_columns
from blog_core.content.revisions import head_of, revision_of, save_revision, text_of
from blog_core.content.tags import ensure_tags
from blog_core.content.text import refused
from blog_core.errors import Refused
from blog_core.validation import Faults


@dataclass(frozen=True, slots=True)
class Published:
    """A post as it was published: its version, address, and since when readers see it."""

    post_id: int
    version: int
    slug: str
    publish_at: datetime


def publish(
    session: Session, *, post_id: int, version: int | None, publish_at: datetime | None = None
) -> Published:
    """Show a post's head revision to readers, now or (`publish_at`) from another instant on.

    Without `publish_at` a post that readers have seen keeps its date. Raises `Refused` with what is
    missing when its stage does not let it through, `Conflict`, `NotFound`, `Forbidden`, or
    `ValidationError` for a time without a time zone.
    """
    faults = Faults()
    publish_at = faults.instant("publish_at", publish_at)
    faults.raise_any()
    post = lock_post(session, post_id, permission="publish-posts", version=version)
    _ask_stage(session, post_id, "publish")
    at = publish_at or _date_kept(post, now(session)) or now(session)
    text = text_of(revision_of(session, post_id, post.head_revision_id))
    new_version = write_post(
        session,
        post,
        **published_columns(text, pictures=pictures_of(session, text.body)),
        status="published",
        publish_at=at,
        updated_at=now(session),
        published_revision_id=post.head_revision_id,
    )
    relist(session, post_id, publish_at=at, tag_ids=ensure_tags(session, text.tags))
    record(session, post_id, "published")
    return Published(post_id, new_version, post.slug, at)


def schedule(
    session: Session, *, post_id: int, version: int | None, publish_at: datetime
) -> Published:
    """Publish from an instant still to come. No job is needed: readers' statements compare it.

    Raises as `publish` does, and `ValidationError` when the instant has passed.
    """
    if publish_at.tzinfo is not None and publish_at <= now(session):
        raise refused("publish_at", "past", f"found {publish_at}, expected a time still to come")
    return publish(session, post_id=post_id, version=version, publish_at=publish_at)


def unpublish(session: Session, *, post_id: int, version: int | None) -> int:
    """Make a post a draft again; the new version."""
    return _withdraw(session, post_id, version, "draft")


def hide(session: Session, *, post_id: int, version: int | None) -> int:
    """Take a post out of readers' sight; the new version."""
    return _withdraw(session, post_id, version, "hidden")


def archive(session: Session, *, post_id: int, version: int | None) -> int:
    """Put a post away: out of readers' sight and of the editors' lists of work; the new version."""
    return _withdraw(session, post_id, version, "archived")


def set_tags(session: Session, *, post_id: int, version: int | None, tags: tuple[str, ...]) -> int:
    """Give a post other tags, as a new revision; the new version.

    A published post without waiting changes is published again with them at once; else they wait
    for the next publication together with the changes.
    """
    post = lock_post(session, post_id, permission="edit-posts", version=version)
    text = text_of(revision_of(session, post_id, post.head_revision_id))
    saved = save_revision(
        session, post_id=post_id, version=post.version, text=replace(text, tags=tags)
    )
    if post.listed_at is None or post.has_unpublished_changes or saved.version == post.version:
        return saved.version
    # With its own date: a scheduled post stays scheduled.
    at = post.listed_at
    return publish(session, post_id=post_id, version=saved.version, publish_at=at).version


def _withdraw(session: Session, post_id: int, version: int | None, status: str) -> int:
    post = lock_post(session, post_id, permission="publish-posts", version=version)
    if post.status == status:
        return post.version
    head = head_of(session, post)
    follows_head = {"title": head.title} if head else {}
    tag_ids = ensure_tags(session, head.tags) if head else None
    relist(session, post_id, publish_at=None, tag_ids=tag_ids)
    new_version = write_post(session, post, status=status, updated_at=now(session), **follows_head)
    record(session, post_id, "unpublished" if post.listed_at else "updated")
    return new_version


def _date_kept(post: LockedPost, instant: datetime) -> datetime | None:
    """The date of a post that readers have seen."""
    if post.was_published and post.publish_at is not None and post.publish_at <= instant:
        return post.publish_at
    return None


def _ask_stage(session: Session, post_id: int, transition: str) -> None:
    session.flush()
    refusal = site_of(session).ports.stages.may(post_id, actor_of(session), transition)
    if refusal is not None:
        raise Refused("post", post_id, transition, refusal.reason, refusal.missing)
