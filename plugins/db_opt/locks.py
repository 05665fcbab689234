"""Who waits for whom: the question to PostgreSQL, and its answer in our words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from plugins.db_opt.held import Holder, holders

if TYPE_CHECKING:
    from blog_core.api import Site

WAITING = """\
SELECT waiter.pid AS waiter_pid,
       waiter.application_name AS waiter,
       waiter.query AS waiting_statement,
       extract(epoch FROM clock_timestamp() - waiter.query_start)::float8 AS waited_s,
       blocker.pid AS blocker_pid,
       blocker.application_name AS blocker,
       blocker.state AS blocker_state,
       blocker.query AS blocking_statement,
       extract(epoch FROM clock_timestamp() - blocker.xact_start)::float8 AS blocker_s
FROM pg_stat_activity AS waiter
CROSS JOIN LATERAL unnest(pg_blocking_pids(waiter.pid)) AS blocking(pid)
JOIN pg_stat_activity AS blocker ON blocker.pid = blocking.pid
WHERE waiter.datname = current_database() AND waiter.wait_event_type = 'Lock'
ORDER BY waiter.query_start"""


@dataclass(frozen=True, slots=True)
class Blocked:
    """One session that waits for another one's lock. `holder` is known when it is one of ours."""

    waiter_pid: int
    waiter: str
    waiting_statement: str
    waited_s: float
    blocker_pid: int
    blocker: str
    blocker_state: str
    blocking_statement: str
    blocker_s: float
    holder: Holder | None = None

    @classmethod
    def of(cls, row: Sequence[Any], holding: Mapping[int, Holder]) -> "Blocked":
        """A row of `WAITING`."""
        waiter_pid, waiter, waiting, waited_s, pid, blocker, state, blocking, blocker_s = row
        return cls(
            waiter_pid=waiter_pid,
            waiter=waiter or "",
            waiting_statement=waiting or "",
            waited_s=waited_s or 0.0,
            blocker_pid=pid,
            blocker=blocker or "",
            blocker_state=state or "",
            blocking_statement=blocking or "",
            blocker_s=blocker_s or 0.0,
            holder=holding.get(pid),
        )

    @property
    def advice(self) -> str:
        """What somebody can do about it."""
        if self.blocker_state == "idle in transaction":
            return "It has stopped inside a transaction: commit or roll back sooner there."
        return "It is still at work: make its transaction shorter, or do it in smaller pieces."


def blocked_now(site: "Site") -> Sequence[Blocked]:
    """Every wait for a lock in the blog's database at this moment; nothing on SQLite."""
    engine = site.ports.executor.engine
    if engine.dialect.name != "postgresql":
        return ()
    holding = holders(site.metrics)
    with engine.connect() as connection:
        rows = connection.execute(text(WAITING)).all()
    return tuple(Blocked.of(tuple(row), holding) for row in rows)
