"""Leaks as people read them: a line in the log, a record for `blog db pool`, a health finding."""

import logging
from collections.abc import Mapping
from time import monotonic, time
from typing import TYPE_CHECKING, Any

from blog_core.api import Health
from plugins.db_opt.counts import LEAK_ENDS
from plugins.db_opt.ledger import Borrowing
from plugins.db_opt.places import told

if TYPE_CHECKING:
    from blog_core.api import Metrics, Ring, Site

RECENT_S = 24 * 3600
_ENDED = {
    "context": "when its request or command had ended",
    "thread": "when its thread had ended",
    "forgotten": "when nobody held it any more",
}


class LeakReports:
    """Tells of each leak; called by the ledger."""

    def __init__(self, metrics: "Metrics", logger: logging.Logger) -> None:
        self._logger = logger
        self._ring = leak_ring(metrics)
        self._counts = {
            end: metrics.counter("blog_db_opt_leaks_total", end=end) for end in LEAK_ENDS
        }

    def __call__(self, borrowing: Borrowing, end: str) -> None:
        self._counts[end].inc()
        where, held_s = told(borrowing.way), monotonic() - borrowing.since
        self._ring.append(
            {
                "where": where,
                "way": [str(place) for place in borrowing.way],
                "route": borrowing.page.route,
                "thread": borrowing.thread,
                "held_s": round(held_s, 3),
                "end": end,
            }
        )
        self._logger.error(
            "A connection was still out %s; it was rolled back and taken back. Borrowed at %s%s, "
            "held for %.1f s. Give it back in a `finally`, or use `with`.",
            _ENDED[end],
            where,
            f" for {borrowing.page.route}" if borrowing.page.route else "",
            held_s,
        )


def leak_ring(metrics: "Metrics") -> "Ring":
    """The last leaks of all workers."""
    return metrics.ring("db_leaks", records=64)


def recent_leaks(site: "Site") -> list[Mapping[str, Any]]:
    """The leaks of the last day, the newest first."""
    oldest = time() - RECENT_S
    return [leak for leak in leak_ring(site.metrics).read() if leak["at"] >= oldest]


def leak_health(site: "Site") -> Health:
    """Degraded while somebody does not give connections back."""
    leaks = recent_leaks(site)
    if not leaks:
        return Health("leaks", "ok", "Every connection was given back.")
    places = sorted({leak["where"] for leak in leaks})
    more = f" and {len(places) - 3} more places" if len(places) > 3 else ""
    return Health(
        "leaks",
        "degraded",
        f"{len(leaks)} connection(s) were not given back in the last day, borrowed at "
        f"{', '.join(places[:3])}{more}. Give them back in a `finally`.",
    )
