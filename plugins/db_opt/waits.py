"""Waits for locks that happened: who waited, how long, for whom. Counted for all workers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

from plugins.db_opt.counts import WAIT_KINDS
from plugins.db_opt.locks import Blocked
from plugins.db_opt.places import told, way_here
from plugins.db_opt.route_here import route_here

if TYPE_CHECKING:
    from sqlalchemy.engine import ExceptionContext

    from blog_core.api import Metrics, Ring, Site
    from plugins.db_opt.held import Holder

_CODES = {"55P03": "refused", "40P01": "deadlock"}


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait. `kind`: waited (and went on), refused (503), deadlock."""

    kind: str
    route: str
    where: str
    statement: str = ""
    waited_s: float = 0.0
    blocker: str = ""
    blocking_statement: str = ""
    blocker_route: str = ""
    blocker_where: str = ""
    advice: str = ""
    at: float = 0.0


class Waits:
    """Keeps and counts the waits of this process."""

    def __init__(self, metrics: "Metrics", *, busy_s: float) -> None:
        self._ring, self._busy_s = wait_ring(metrics), busy_s
        self._counts = {
            kind: metrics.counter("blog_db_opt_lock_waits_total", kind=kind) for kind in WAIT_KINDS
        }
        self._seconds = metrics.histogram("blog_db_opt_busy_seconds")

    def attach(self, engine: Engine) -> None:
        """Hear of waits that were in vain."""
        event.listen(engine, "handle_error", self._failed)

    def _failed(self, context: "ExceptionContext") -> None:
        error: Any = context.original_exception
        kind = _CODES.get(getattr(error, "pgcode", None) or "")
        if kind is None and not str(error).startswith("database is locked"):
            return
        self._note(_here(kind or "refused", context.statement or ""))

    def busy(self, waited_s: float) -> None:
        """SQLite's write lock was had after a wait."""
        self._seconds.observe(waited_s)
        if waited_s >= self._busy_s:
            self._note(replace(_here("waited", "BEGIN IMMEDIATE"), waited_s=waited_s))

    def blocked(self, blocked: Blocked, waiter: "Holder") -> None:
        """A session of ours waits for another one on PostgreSQL."""
        holder = blocked.holder
        self._note(
            Wait(
                "waited",
                waiter.route,
                waiter.where,
                statement=blocked.waiting_statement,
                waited_s=blocked.waited_s,
                blocker=f"{blocked.blocker or 'another program'} (process {blocked.blocker_pid})",
                blocking_statement=blocked.blocking_statement,
                blocker_route=holder.route if holder else "",
                blocker_where=holder.where if holder else "",
                advice=blocked.advice,
            )
        )

    def _note(self, wait: Wait) -> None:
        self._counts[wait.kind].inc()
        fields = {name: getattr(wait, name) for name in Wait.__slots__ if name != "at"}
        self._ring.append(fields)


def _here(kind: str, statement: str) -> Wait:
    return Wait(kind, route_here(), told(way_here()), " ".join(statement.split()))


def wait_ring(metrics: "Metrics") -> "Ring":
    """The last waits of all workers."""
    return metrics.ring("db_waits", records=128)


def recent_waits(site: "Site") -> Sequence[Wait]:
    """Those of all workers, the newest first."""
    return [Wait(**record) for record in wait_ring(site.metrics).read()]
