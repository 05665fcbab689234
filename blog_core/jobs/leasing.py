"""The statements of the job table: put in, take on lease, keep, finish, give back."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from blog_core.errors import BlogError
from blog_core.model import Job
from blog_core.model.upsert import insert_on
from blog_core.ports import Query

LEASE = timedelta(seconds=60)
"""How long a job belongs to a worker that says nothing more: so long does a killed one block it."""

RETRY_AFTER_S = (10, 60, 600, 3_600)
"""Waits before the second, third ... attempt. After the last attempt a job counts as failed."""

MAX_ATTEMPTS = len(RETRY_AFTER_S) + 1

KEEP_DONE = timedelta(days=1)
KEEP_FAILED = timedelta(days=30)
MAX_ERROR_CHARS = 2_000

_jobs = Job.__table__.c


class BadJobArguments(BlogError):
    """Arguments of a job that JSON cannot hold."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"The arguments of job {name!r} are not JSON: {reason}. Use dicts with string keys, "
            f"lists, texts, numbers, booleans and None; nothing was enqueued."
        )


@dataclass(frozen=True, slots=True)
class Leased:
    """A job on lease: `owner` and `attempts` together say whose lease it is."""

    id: int
    name: str
    arguments: Mapping[str, Any]
    attempts: int
    owner: str


def put(
    session: Session,
    name: str,
    arguments: Mapping[str, Any],
    *,
    now: datetime,
    due_at: datetime,
    unique_key: str | None,
) -> int | None:
    """Insert a job; its id, or None when one with this key waits or runs already."""
    try:
        json.dumps(arguments, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise BadJobArguments(name, str(error)) from error
    row = insert_on(session, Job).values(
        name=name,
        arguments=dict(arguments),
        unique_key=unique_key,
        status="waiting",
        due_at=due_at,
        created_at=now,
    )
    once = row.on_conflict_do_nothing(index_elements=["unique_key"])
    id_: int | None = session.scalar(once.returning(_jobs.id))
    return id_


def is_due(now: datetime, names: Collection[str]) -> ColumnElement[bool]:
    """Jobs of these names whose time has come, and those whose worker was lost."""
    return and_(
        Job.name.in_(names),
        or_(
            and_(Job.status == "waiting", Job.due_at <= now),
            and_(Job.status == "running", Job.lease_until < now),
        ),
    )


def any_due(now: datetime, names: Collection[str]) -> Query:
    """Whether there is anything to take: a read, so that an idle worker writes nothing."""
    return Query("jobs.any_due", select(Job.id).where(is_due(now, names)).limit(1))


def take(session: Session, *, now: datetime, names: Collection[str], owner: str) -> Leased | None:
    """Take the job that has been due for longest, if there is one."""
    first = (
        select(Job.id)
        .where(is_due(now, names))
        .order_by(Job.due_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(Job.__table__)  # type: ignore[arg-type]
        .where(_jobs.id == first.scalar_subquery())
        .values(
            status="running",
            lease_owner=owner,
            lease_until=now + LEASE,
            attempts=_jobs.attempts + 1,
        )
        .returning(_jobs.id, _jobs.name, _jobs.arguments, _jobs.attempts)
    )
    row = session.execute(taken).one_or_none()
    return Leased(row.id, row.name, row.arguments, row.attempts, owner) if row else None


def keep(session: Session, job: Leased, *, now: datetime) -> bool:
    """Make the lease longer; False when it is lost."""
    return _change(session, job, lease_until=now + LEASE)


def finish(session: Session, job: Leased, *, now: datetime) -> bool:
    """Note that the job is done; False when the lease was lost."""
    return _change(session, job, status="done", finished_at=now, last_error="", **_FREE)


def give_back(session: Session, job: Leased, error: str, *, now: datetime) -> bool:
    """Note a failed attempt: the job waits for the next one, or has failed. False: lease lost."""
    error = error[:MAX_ERROR_CHARS]
    if job.attempts >= MAX_ATTEMPTS:
        return _change(session, job, status="failed", finished_at=now, last_error=error, **_FREE)
    due_at = now + timedelta(seconds=RETRY_AFTER_S[job.attempts - 1])
    later = {"lease_owner": None, "lease_until": None, "due_at": due_at}
    return _change(session, job, status="waiting", last_error=error, **later)


_FREE: dict[str, Any] = {"lease_owner": None, "lease_until": None, "unique_key": None}


def _change(session: Session, job: Leased, **values: Any) -> bool:
    mine = and_(_jobs.id == job.id, _jobs.lease_owner == job.owner, _jobs.attempts == job.attempts)
    changed = update(Job.__table__).where(mine).values(**values)  # type: ignore[arg-type]
    return session.scalar(changed.returning(_jobs.id)) is not None


def remove_old(session: Session, now: datetime) -> int:
    """Remove what was finished long ago; how many."""
    done = and_(Job.status == "done", Job.finished_at < now - KEEP_DONE)
    failed = and_(Job.status == "failed", Job.finished_at < now - KEEP_FAILED)
    gone = session.scalars(delete(Job).where(or_(done, failed)).returning(Job.id))
    return len(gone.all())
