"""What an editor has typed and not yet saved: one row per post and editor, overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from blog_core.content.acting import actor_of, now, rows_changed
from blog_core.content.locked import lock_post
from blog_core.content.text import PostText, checked
from blog_core.errors import Conflict, NotFound, NotSignedIn
from blog_core.model import WorkingCopy
from blog_core.model.upsert import insert_on
from blog_core.validation import Faults


@dataclass(frozen=True, slots=True)
class SavedCopy:
    """A working copy's version after a save, and the post's version it was saved beside.

    A `post_version` other than the one the editor began with tells that somebody saved meanwhile.
    """

    version: int
    post_version: int
    saved_at: datetime


def save_working_copy(
    session: Session,
    *,
    post_id: int,
    version: int | None,
    text: PostText,
    slug: str | None = None,
    base_revision_id: int | None = None,
) -> SavedCopy:
    """Keep what the actor has typed. `version` is that of their copy as last seen, None for none.

    Raises `Conflict` when the copy moved on elsewhere (another window of the same person); nothing
    is overwritten then. `base_revision_id` is the revision the text was begun from.
    """
    text = checked(text, is_draft=True)
    account_id = _account_of(session)
    faults = Faults()
    slug = faults.line("slug", slug or "", required=False) or None
    faults.raise_any()
    post = lock_post(session, post_id, permission="edit-posts")
    values = {
        "base_revision_id": base_revision_id,
        "updated_at": now(session),
        "title": text.title,
        "slug": slug,
        "excerpt": text.excerpt,
        "image": text.image,
        "tags": list(text.tags),
        "body": text.body,
    }
    saved = _overwrite(session, post_id, account_id, version, values)
    return SavedCopy(saved, post.version, now(session))


def discard_working_copy(session: Session, *, post_id: int, version: int) -> None:
    """Throw the actor's working copy away, if it is still the one they saw (else `Conflict`)."""
    account_id = _account_of(session)
    lock_post(session, post_id, permission="edit-posts")
    gone = delete(WorkingCopy).where(_is_copy(post_id, account_id), WorkingCopy.version == version)
    if rows_changed(session, gone) == 1:
        return
    current = _current_version(session, post_id, account_id)
    if current is None:
        raise NotFound("working copy of post", post_id)
    raise Conflict("working copy of post", post_id, seen=version, current=current)


def drop_saved_copy(session: Session, post_id: int, text: PostText, *, version: int | None) -> None:
    """The actor's copy goes if it holds the text that is saved, or is at the version given."""
    account_id = actor_of(session).account_id
    if account_id is None:
        return
    copy = session.scalar(select(WorkingCopy).where(_is_copy(post_id, account_id)))
    if copy is not None and (copy.version == version or copy_text(copy).digest == text.digest):
        session.delete(copy)
        session.flush()


def copy_text(copy: WorkingCopy) -> PostText:
    """The text a working copy holds."""
    return PostText(
        title=copy.title,
        body=copy.body,
        excerpt=copy.excerpt,
        image=copy.image,
        tags=tuple(copy.tags),
    )


def _overwrite(
    session: Session,
    post_id: int,
    account_id: int,
    version: int | None,
    values: Mapping[str, object],
) -> int:
    if version is None:
        row = {"post_id": post_id, "account_id": account_id, **values}
        made = insert_on(session, WorkingCopy).values(**row).on_conflict_do_nothing()
        if rows_changed(session, made) == 1:
            return 1
    else:
        moved = (
            update(WorkingCopy)
            .where(_is_copy(post_id, account_id), WorkingCopy.version == version)
            .values(version=version + 1, **values)
        )
        if rows_changed(session, moved) == 1:
            return version + 1
    current = _current_version(session, post_id, account_id)
    raise Conflict("working copy of post", post_id, seen=version or 0, current=current or 0)


def _is_copy(post_id: int, account_id: int) -> ColumnElement[bool]:
    return (WorkingCopy.post_id == post_id) & (WorkingCopy.account_id == account_id)


def _current_version(session: Session, post_id: int, account_id: int) -> int | None:
    return session.scalar(select(WorkingCopy.version).where(_is_copy(post_id, account_id)))


def _account_of(session: Session) -> int:
    account_id = actor_of(session).account_id
    if account_id is None:
        raise NotSignedIn("A working copy")
    return account_id
