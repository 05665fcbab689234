"""Recurring jobs of the core: they remove rows that nobody needs any more."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from blog_core.jobs import leasing
from blog_core.model import CarriedOut, Comment, LoginSession, Outbox, PasswordLink, PreviewLink
from blog_core.model.queue import OUTBOX_KEPT_S
from blog_core.model.rate_limit import RateLimit
from blog_core.site import SYSTEM

if TYPE_CHECKING:
    from blog_core.site import Site

CHUNK_ROWS = 5_000
KEEP_ANSWERS = timedelta(days=2)


def prune_outbox(site: "Site", _arguments: Mapping[str, Any]) -> None:
    """Remove rows of the outbox that everybody has seen by now, the oldest first."""
    before_s = int(site.clock().timestamp()) - OUTBOX_KEPT_S
    old = select(Outbox.id).where(Outbox.created_at_s < before_s).order_by(Outbox.id)
    _in_chunks(site, lambda session: _delete(session, Outbox.id, old))


def prune_jobs(site: "Site", _arguments: Mapping[str, Any]) -> None:
    """Remove jobs that were done a day ago, or failed a month ago."""
    with site.changes.transaction(SYSTEM) as session:
        leasing.remove_old(session, site.clock())


def prune_sessions(site: "Site", _arguments: Mapping[str, Any]) -> None:
    """Remove sessions and links that have ended, limits that limit nothing now, and answers of
    requests that nobody repeats any more."""
    now = site.clock()
    ended = or_(LoginSession.expires_at < now, LoginSession.revoked_at < now)
    free = RateLimit.free_at_ms < int(now.timestamp() * 1000)
    with site.changes.transaction(SYSTEM) as session:
        session.execute(delete(LoginSession).where(ended))
        for link in (PreviewLink, PasswordLink):
            session.execute(delete(link).where(link.expires_at < now))
        session.execute(delete(RateLimit).where(free))
        session.execute(delete(CarriedOut).where(CarriedOut.created_at < now - KEEP_ANSWERS))


def prune_spam(site: "Site", _arguments: Mapping[str, Any]) -> None:
    """Remove spam that nobody took out of the queue. It counts nowhere and stands on no page."""
    days = site.settings.core.comments.keep_spam_days
    if days:
        before = site.clock() - timedelta(days=days)
        is_spam = Comment.status == "spam", Comment.created_at < before
        old = select(Comment.id).where(*is_spam).order_by(Comment.created_at)
        _in_chunks(site, lambda session: _delete(session, Comment.id, old))


def _in_chunks(site: "Site", remove: Callable[[Session], int]) -> None:
    """Short transactions: somebody may be saving meanwhile."""
    removed = CHUNK_ROWS
    while removed == CHUNK_ROWS:
        with site.changes.transaction(SYSTEM) as session:
            removed = remove(session)


def _delete(session: Session, key: Any, chosen: "Select[Any]") -> int:
    some = delete(key.class_).where(key.in_(chosen.limit(CHUNK_ROWS))).returning(key)
    return len(session.scalars(some).all())


HOUSEKEEPING = (
    ("blog.prune_outbox", prune_outbox, timedelta(minutes=15)),
    ("blog.prune_jobs", prune_jobs, timedelta(hours=6)),
    ("blog.prune_spam", prune_spam, timedelta(hours=6)),
    ("blog.prune_sessions", prune_sessions, timedelta(hours=1)),
)
"""Name, function and interval of each."""
