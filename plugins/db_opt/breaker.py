"""Whether the database may be asked for new connections: not while it is away."""

import logging
import threading
from time import time
from typing import TYPE_CHECKING

from blog_core.api import DatabaseAway, Health

if TYPE_CHECKING:
    from blog_core.api import Metrics, Site

FAILURES = 3
"""So many failed connections in a row, and the database counts as away."""


class Breaker:
    """Open means that nobody tries; `Sentry` asks once a second, and closes it."""

    def __init__(self, metrics: "Metrics", logger: logging.Logger) -> None:
        self._logger, self._lock = logger, threading.Lock()
        self._failures = 0
        self._away = metrics.gauge("blog_db_opt_away")
        self._outages = metrics.counter("blog_db_opt_outages_total")
        self._failed = metrics.counter("blog_db_opt_connections_failed_total")
        self.is_open, self.reason, self.since = False, "", 0.0

    def check(self) -> None:
        """Raises `DatabaseAway` while it is open."""
        if self.is_open:
            raise DatabaseAway(self.reason)

    def failed(self, reason: str, *, is_certain: bool = False) -> None:
        """Note a connection that was not had. `is_certain` when the server did not even answer."""
        with self._lock:
            self._failed.inc()
            self._failures += 1
            self.reason = " ".join(reason.split()) or "no reason given"
            if self.is_open or not (is_certain or self._failures >= FAILURES):
                return
            self.is_open, self.since = True, time()
        self._outages.inc()
        self._away.set(1)
        self._logger.error(
            "The database is away: %s. It is asked once a second; until it answers, pages come "
            "from the cache and everything else is answered 503.",
            self.reason,
        )

    def succeeded(self) -> None:
        """Note a connection that was had."""
        if not (self.is_open or self._failures):
            return
        with self._lock:
            was_open, self.is_open, self._failures = self.is_open, False, 0
        if was_open:
            self._away.set(0)
            self._logger.warning("The database answers again, after %.0f s.", time() - self.since)


def outage_health(site: "Site") -> Health:
    """Ill while a worker of this host cannot reach the database."""
    away = round(site.metrics.sum_all().get("blog_db_opt_away", 0))
    if not away:
        return Health("outage", "ok", "The database answers.")
    return Health(
        "outage",
        "ill",
        f"{away} process(es) of this host cannot reach the database. Pages in the cache are "
        f"served, everything else is answered 503. Look whether the server runs and can be reached "
        f"at the address of `database_url`; the blog goes on by itself when it answers.",
    )
