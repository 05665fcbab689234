"""Explicit saves: each makes a revision, on condition of the version that the editor saw."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from blog_core.content.acting import actor_of, now, record
from blog_core.content.addresses import follow_title, take_slug
from blog_core.content.lists import relist
from blog_core.content.locked import LockedPost, lock_post, write_post
from blog_core.content.tags import ensure_tags
from blog_core.content.text import PostText, checked
from blog_core.content.working_copies import drop_saved_copy
from blog_core.errors import NotFound
from blog_core.model import Revision
from blog_core.validation import Faults


@dataclass(frozen=True, slots=True)
class Saved:
    """Where a post stands after a save: its version, slug and head revision."""

    post_id: int
    version: int
    slug: str
    revision_id: int
    number: int


def save_revision(
    session: Session,
    *,
    post_id: int,
    version: int | None,
    text: PostText,
    slug: str | None = None,
    note: str = "",
    working_copy_version: int | None = None,
) -> Saved:
    """Save a text as the post's new head revision; readers see it once it is published.

    `version` is the post's version that the editor saw; another one raises `Conflict` and nothing
    is written. The actor's working copy goes when it holds this text or is at
    `working_copy_version`. A text equal to the head makes no revision. Raises `ValidationError`
    with every fault, `TooLarge`, `NotFound` or `Forbidden`.
    """
    text = checked(text)
    note = _checked_note(note)
    post = lock_post(session, post_id, permission="edit-posts", version=version)
    drop_saved_copy(session, post_id, text, version=working_copy_version)
    new_slug = take_slug(session, post, slug) if slug else follow_title(session, post, text.title)
    head = head_of(session, post)
    if head is not None and head.digest == text.digest and not note and new_slug == post.slug:
        return Saved(post_id, post.version, post.slug, head.id, head.number)
    revision = add_revision(session, post_id, text, note=note)
    values: dict[str, object] = {"head_revision_id": revision.id, "slug": new_slug}
    if post.listed_at is None:
        values |= {"title": text.title, "updated_at": now(session)}
        relist(session, post_id, publish_at=None, tag_ids=ensure_tags(session, text.tags))
    saved_version = write_post(session, post, **values)
    record(session, post_id, "updated")
    return Saved(post_id, saved_version, new_slug, revision.id, revision.number)


def restore_revision(
    session: Session, *, post_id: int, version: int | None, revision_id: int
) -> Saved:
    """Save an old revision's text again, as a new revision. Errors as of `save_revision`."""
    post = lock_post(session, post_id, permission="edit-posts", version=version)
    old = revision_of(session, post_id, revision_id)
    return save_revision(
        session,
        post_id=post_id,
        version=post.version,
        text=text_of(old),
        note=f"Revision {old.number} restored",
    )


def revision_of(session: Session, post_id: int, revision_id: int | None) -> Revision:
    """A revision of this post, or `NotFound`."""
    found = session.scalar(
        select(Revision).where(Revision.id == revision_id, Revision.post_id == post_id)
    )
    if found is None:
        raise NotFound("revision", revision_id)
    return found


def head_of(session: Session, post: LockedPost) -> Revision | None:
    """The newest saved text of a post."""
    return session.get(Revision, post.head_revision_id) if post.head_revision_id else None


def text_of(revision: Revision) -> PostText:
    """The text a revision holds."""
    return PostText(
        title=revision.title,
        body=revision.body,
        excerpt=revision.excerpt,
        image=revision.image,
        tags=tuple(revision.tags),
    )


def add_revision(session: Session, post_id: int, text: PostText, *, note: str = "") -> Revision:
    """Insert the next revision of a locked or new post. The text has been checked."""
    last = session.scalar(select(func.max(Revision.number)).where(Revision.post_id == post_id))
    revision = Revision(
        post_id=post_id,
        number=(last or 0) + 1,
        account_id=actor_of(session).account_id,
        created_at=now(session),
        note=note,
        digest=text.digest,
        title=text.title,
        excerpt=text.excerpt,
        image=text.image,
        tags=list(text.tags),
        body=text.body,
    )
    session.add(revision)
    session.flush()
    return revision


def _checked_note(note: str) -> str:
    faults = Faults()
    note = faults.line("note", note, required=False)
    faults.raise_any()
    return note
