"""Comments: written by readers, shown once approved, counted in the same transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, func, insert, select, update
from sqlalchemy.orm import Session

from blog_core.access.permissions import Subject
from blog_core.content.acting import actor_of, now, record, require, rows_changed, site_of
from blog_core.content.text import refused
from blog_core.errors import NotFound, Refused
from blog_core.model import Comment, Post, PostAuthor
from blog_core.model.comment import COMMENT_STATUSES
from blog_core.rendering import legal_text, render_comment
from blog_core.validation import Faults

MAX_COMMENT_CHARS = 10_000
MAX_NAME_CHARS = 80


@dataclass(frozen=True, slots=True)
class AddedComment:
    """A new comment; `status` is approved when readers see it at once, else pending."""

    id: int
    status: str


def add_comment(
    session: Session,
    *,
    post_id: int,
    body: str,
    author_name: str = "",
    author_email: str | None = None,
    author_url: str | None = None,
    address_digest: str | None = None,
    held: bool = True,
    is_spam: bool = False,
    max_chars: int = MAX_COMMENT_CHARS,
) -> AddedComment:
    """Add a reader's comment to a visible post, in the actor's name if they are signed in.

    `held` comments wait for a moderator, unless the actor is one; spam goes aside. Raises
    `ValidationError` with
    every fault, `NotFound` for a post strangers can't see, `Refused` where comments are closed.
    """
    actor = require(session, "write-comments")
    faults = Faults()
    # A name is only asked of people without an account.
    name = faults.line(
        "author_name", actor.name if actor.is_signed_in else author_name, max_chars=MAX_NAME_CHARS
    )
    email = faults.email("author_email", author_email)
    url = faults.web_address("author_url", author_url)
    body = faults.length("body", legal_text(body).strip(), max_chars=max_chars, required=True)
    faults.raise_any()
    html = render_comment(body)
    _open_post(session, post_id)
    subject = _subject(session, post_id)
    moderates = site_of(session).access.allows(actor, "moderate-comments", subject)
    status = "approved" if moderates or not held else "pending"
    status = "spam" if is_spam else status
    row = {
        "post_id": post_id,
        "account_id": actor.account_id,
        "status": status,
        "created_at": now(session),
        "author_name": name,
        "author_email": email,
        "author_url": url,
        "address_digest": address_digest,
        "body": body,
        "html": html,
    }
    comment_id = session.execute(insert(Comment).returning(Comment.id), [row]).scalar_one()
    if status == "approved":
        _count(session, post_id, +1)
    return AddedComment(comment_id, status)


def moderate(session: Session, *, comment_id: int, status: str) -> bool:
    """Approve a comment, call it spam, delete it, or let it wait; False if it was so already.

    Raises `NotFound` for a comment the actor may not moderate, `ValidationError` for an unknown
    status.
    """
    if status not in COMMENT_STATUSES:
        expected = ", ".join(COMMENT_STATUSES)
        raise refused("status", "invalid", f"found {status[:80]!r}, expected one of {expected}")
    found = session.execute(
        select(Comment.post_id, Comment.status)
        .where(Comment.id == comment_id)
        .with_for_update(key_share=True)
    ).one_or_none()
    if found is None:
        raise NotFound("comment", comment_id)
    require(session, "moderate-comments", on=_subject(session, found.post_id))
    if found.status == status:
        return False
    changed = update(Comment).where(Comment.id == comment_id, Comment.status == found.status)
    rows_changed(session, changed.values(status=status))
    step = (status == "approved") - (found.status == "approved")
    if step:
        _count(session, found.post_id, step)
    return True


def _count(session: Session, post_id: int, step: int) -> None:
    """Move a post's counters. They move neither its version nor `updated_at`."""
    counted = update(Post).where(Post.id == post_id)
    session.execute(counted.values(comment_count=Post.comment_count + step))
    # A second statement: once the row is locked, it sees what others have committed meanwhile.
    session.execute(counted.values(last_comment_at=newest_comment(post_id)))
    record(session, post_id, "commented")


def newest_comment(post_id: int) -> ScalarSelect[datetime]:
    """When the newest approved comment of a post was written."""
    approved = Comment.post_id == post_id, Comment.status == "approved"
    return select(func.max(Comment.created_at)).where(*approved).scalar_subquery()


def _open_post(session: Session, post_id: int) -> None:
    """`NotFound` or `Refused` unless strangers see the post and may comment on it."""
    post = session.execute(
        select(Post.status, Post.publish_at, Post.comments_open).where(Post.id == post_id)
    ).one_or_none()
    is_visible = (
        post is not None
        and post.status == "published"
        and post.publish_at is not None
        and post.publish_at <= now(session)
    )
    if post is None or not is_visible:
        raise NotFound("post", post_id)
    if not post.comments_open and actor_of(session).role != "system":
        raise Refused("post", post_id, "comment", "its comments are closed")


def _subject(session: Session, post_id: int) -> Subject:
    owners = session.scalars(select(PostAuthor.account_id).where(PostAuthor.post_id == post_id))
    status = session.scalar(select(Post.status).where(Post.id == post_id))
    is_public = status == "published"
    return Subject("post", post_id, owners=frozenset(owners), is_public=is_public)
