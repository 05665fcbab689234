"""Comments from elsewhere, many in one transaction; each source key is taken once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from blog_core.content.acting import record, require, rows_changed
from blog_core.content.comments import MAX_NAME_CHARS, newest_comment
from blog_core.model import Comment, Post
from blog_core.model.comment import COMMENT_STATUSES
from blog_core.model.upsert import insert_on
from blog_core.rendering import legal_text, render_comment
from blog_core.validation import Faults


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenComment:
    """A comment as another system has it; `created_at` is aware."""

    source_key: str
    post_id: int
    body: str
    author_name: str
    created_at: datetime
    author_email: str | None = None
    author_url: str | None = None
    status: str = "approved"


def put_comments(session: Session, comments: Sequence[GivenComment]) -> int:
    """Add the comments that are not there yet, and count them on their posts; how many were new.

    Raises `ValidationError` with every fault of the first comment that has one, or `TooLarge`.
    """
    require(session, "manage-site")
    new: set[int] = set()
    added = 0
    for comment in comments:
        row = insert_on(session, Comment).values(**_row(comment))
        once = row.on_conflict_do_nothing(index_elements=["source_key"])
        if rows_changed(session, once):
            added += 1
            new.add(comment.post_id)
    for post_id in sorted(new):
        _recount(session, post_id)
    return added


def _row(given: GivenComment) -> dict[str, object]:
    faults = Faults()
    row: dict[str, object] = {
        "source_key": given.source_key,
        "post_id": given.post_id,
        "status": faults.one_of("status", given.status, COMMENT_STATUSES),
        "created_at": given.created_at,
        "author_name": faults.line("author_name", given.author_name, max_chars=MAX_NAME_CHARS),
        "author_email": faults.email("author_email", given.author_email),
        "author_url": faults.web_address("author_url", given.author_url),
        "body": legal_text(given.body).strip(),
        "html": render_comment(given.body),
    }
    faults.raise_any()
    return row


def _recount(session: Session, post_id: int) -> None:
    """Set a post's counters to what its comments are; they do not move its version."""
    approved = Comment.post_id == post_id, Comment.status == "approved"
    count = select(func.count()).where(*approved).scalar_subquery()
    counted = {"comment_count": count, "last_comment_at": newest_comment(post_id)}
    session.execute(update(Post).where(Post.id == post_id).values(**counted))
    record(session, post_id, "commented")
