"""Connections that are held for long, written down so that another process can name their route.

PostgreSQL knows who blocks whom by process ids only. Each worker says for which route it holds a
session, once that takes longer than half a second; so nothing is written for usual requests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic, time
from typing import TYPE_CHECKING, Any

from plugins.db_opt.ledger import BORROWING
from plugins.db_opt.places import told

if TYPE_CHECKING:
    from blog_core.api import Metrics, Ring
    from plugins.db_opt.ledger import Borrowing

LONG_S = 0.5
_AGAIN_S = 1.0
_TRUE_FOR_S = 3.0


@dataclass(frozen=True, slots=True)
class Holder:
    """What one of our workers does with a session."""

    route: str
    where: str
    thread: str


class Holds:
    """Writes down what this process holds for long."""

    def __init__(self, metrics: "Metrics") -> None:
        self._ring = held_ring(metrics)
        self._written: dict[Any, float] = {}

    def note(self, lent: Mapping[Any, Any]) -> None:
        """`lent` are the pool's records with their driver's connections."""
        now, written = monotonic(), {}
        for entry, driver in lent.items():
            borrowing: Borrowing | None = entry.info.get(BORROWING)
            if borrowing is None or now - borrowing.since < LONG_S:
                continue
            last = self._written.get(entry, 0.0)
            if now - last >= _AGAIN_S:
                last = now
                self._ring.append(_record(borrowing, driver.info.backend_pid))
            written[entry] = last
        self._written = written


def _record(borrowing: "Borrowing", pid: int) -> Mapping[str, Any]:
    holder = holder_of(borrowing)
    return {"pid": pid, "route": holder.route, "where": holder.where, "thread": holder.thread}


def holder_of(borrowing: "Borrowing | None") -> Holder:
    """The borrower, in words; the query port keeps no book of its own reads."""
    if borrowing is None:
        return Holder("", "a read", "")
    return Holder(borrowing.page.route, told(borrowing.way), borrowing.thread)


def held_ring(metrics: "Metrics") -> "Ring":
    """What all workers hold for long."""
    return metrics.ring("db_held", records=64, record_bytes=1024)


def holders(metrics: "Metrics") -> Mapping[int, Holder]:
    """Who holds which session of the server now, by its process id; of all workers."""
    latest: dict[int, Holder] = {}
    for record in held_ring(metrics).read():  # the newest first
        if record["at"] >= time() - _TRUE_FOR_S:
            holder = Holder(record["route"], record["where"], record["thread"])
            latest.setdefault(record["pid"], holder)
    return latest
