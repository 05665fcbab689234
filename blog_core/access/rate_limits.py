"""Rate limits in the database, one row and one statement each, counted by all workers together.

An allowance of `burst` attempts fills up again by one each `refill_s` seconds. The row holds the
instant at which it is full again; an attempt moves that instant on, unless it lies too far ahead.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import case, delete, select
from sqlalchemy.orm import Session

from blog_core.errors import TooManyRequests
from blog_core.model import RateLimit
from blog_core.model.upsert import insert_on
from blog_core.site import SYSTEM

if TYPE_CHECKING:
    from blog_core.site import Site


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` attempts at once, and one more each `refill_s` seconds."""

    name: str
    burst: int
    refill_s: float


def take(session: Session, limit: Limit, key: str, *, at: datetime) -> int:
    """Use one attempt; 0, or the seconds until one is free again (then none was used)."""
    now_ms, step_ms = _ms(at), int(limit.refill_s * 1000)
    row = insert_on(session, RateLimit).values(
        key=f"{limit.name}:{key}", free_at_ms=now_ms + step_ms
    )
    later = case((RateLimit.free_at_ms > now_ms, RateLimit.free_at_ms), else_=now_ms)
    taken = row.on_conflict_do_update(
        index_elements=["key"],
        set_={"free_at_ms": later + step_ms},
        where=RateLimit.free_at_ms <= now_ms + (limit.burst - 1) * step_ms,
    )
    if session.execute(taken.returning(RateLimit.free_at_ms)).scalar_one_or_none() is not None:
        return 0
    free_at_ms = session.scalars(
        select(RateLimit.free_at_ms).where(RateLimit.key == f"{limit.name}:{key}")
    ).one()
    wait_ms = free_at_ms - (limit.burst - 1) * step_ms - now_ms
    return max(1, -(-wait_ms // 1000))


def forgive(session: Session, limit: Limit, key: str) -> None:
    """Give the whole allowance back: the attempts were those of the right person."""
    session.execute(delete(RateLimit).where(RateLimit.key == f"{limit.name}:{key}"))


def refuse(what: str, waits_s: tuple[int, ...]) -> None:
    """`TooManyRequests` when one of the attempts was refused."""
    if any(waits_s):
        raise TooManyRequests(what, retry_after_s=max(waits_s))


def spend(site: "Site", limit: Limit, key: str, *, what: str) -> None:
    """Use one attempt, or raise `TooManyRequests` about `what`. In a transaction of its own, so
    that an attempt that fails later counts too."""
    with site.transaction(SYSTEM) as session:
        wait_s = take(session, limit, key, at=site.clock())
    refuse(what, (wait_s,))


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
