"""Counts and times every call of one method, and knows when its provider has failed too often.

This folder and `host/attempt.py` are where the core catches any exception: a plugin may raise
anything, and what a reader then sees is decided here, port by port.
"""

import logging
from dataclasses import dataclass
from time import monotonic, perf_counter
from typing import final

from blog_core.metrics import Metrics, MetricSpec

_LABELS: dict[str, tuple[str, ...]] = {"plugin": (), "port": (), "method": ()}

CALLS = MetricSpec("blog_plugin_calls_total", "counter", "Calls of a plugin's method", _LABELS)
SECONDS = MetricSpec(
    "blog_plugin_seconds_total", "counter", "Seconds spent in a plugin's method", _LABELS
)
ERRORS = MetricSpec(
    "blog_plugin_errors_total", "counter", "Calls that raised or returned a wrong type", _LABELS
)
SLOW = MetricSpec("blog_plugin_slow_total", "counter", "Calls beyond the time limit", _LABELS)
SKIPPED = MetricSpec(
    "blog_plugin_skipped_total", "counter", "Calls left out while the plugin rests", _LABELS
)
RESTING = MetricSpec(
    "blog_plugin_resting",
    "gauge",
    "Workers in which the plugin rests after failures",
    {"plugin": (), "port": ()},
)
METRICS = (CALLS, SECONDS, ERRORS, SLOW, SKIPPED, RESTING)


@dataclass(frozen=True, slots=True)
class Patience:
    """When a provider is sent to rest: after `failures` in a row, for `rest_s` seconds."""

    failures: int = 5
    rest_s: float = 10.0


@final
class Quarantine:
    """Whether one plugin's part in one port (or one of its hooks) is used at present.

    After too many failures in a row it rests and is skipped; then one call is let through, and its
    outcome decides. `until` is 0 while all is well, so the hot path tests one number.
    """

    __slots__ = ("_gauge", "_log", "_patience", "plugin", "port", "reason", "until")

    def __init__(self, metrics: Metrics, plugin: str, port: str, patience: Patience) -> None:
        self.plugin, self.port, self._patience = plugin, port, patience
        self.until = 0.0
        self.reason = ""
        self._gauge = metrics.gauge(RESTING.name, plugin=plugin, port=port)
        self._log = logging.getLogger(f"blog.plugins.{plugin}")

    def lets_through(self) -> bool:
        """Whether this call may try; while resting, one a period."""
        if not self.until:
            return True
        now = monotonic()
        if now < self.until:
            return False
        self.until = now + self._patience.rest_s
        return True

    def failed(self, method: str, reason: str, in_a_row: int) -> None:
        """Note a failure; the last one in a row that is borne starts a rest."""
        self.reason = f"{method}: {reason}"
        if in_a_row < self._patience.failures and not self.until:
            return
        if not self.until:
            self._log.error(
                "%s of plugin %s rests for %g s after %d failures in a row, the last in %s",
                self.port,
                self.plugin,
                self._patience.rest_s,
                in_a_row,
                self.reason,
            )
        self.until = monotonic() + self._patience.rest_s
        self._gauge.set(1.0)

    def recovered(self) -> None:
        """A call let through went well: use the provider again."""
        self.until = 0.0
        self._gauge.set(0.0)
        self._log.warning("%s of plugin %s works again", self.port, self.plugin)


@final
class Watch:
    """One method of one provider. `slow_s` 0 means that its time has no limit."""

    __slots__ = (
        "_calls",
        "_errors",
        "_failures",
        "_last_logged",
        "_log",
        "_seconds",
        "_skipped",
        "_slow",
        "_slow_s",
        "method",
        "quarantine",
    )

    def __init__(
        self, metrics: Metrics, quarantine: Quarantine, method: str, slow_s: float = 0.0
    ) -> None:
        labels = {"plugin": quarantine.plugin, "port": quarantine.port, "method": method}
        self.quarantine, self.method, self._slow_s = quarantine, method, slow_s
        self._calls = metrics.counter(CALLS.name, **labels)
        self._seconds = metrics.counter(SECONDS.name, **labels)
        self._errors = metrics.counter(ERRORS.name, **labels)
        self._slow = metrics.counter(SLOW.name, **labels)
        self._skipped = metrics.counter(SKIPPED.name, **labels)
        self._failures = 0
        self._last_logged = -60.0
        self._log = logging.getLogger(f"blog.plugins.{quarantine.plugin}")

    def skips(self) -> bool:
        """Whether the provider rests, so that this call is left out."""
        if self.quarantine.lets_through():
            return False
        self._skipped.inc()
        return True

    def done(self, start: float, allowed_s: float = 0.0) -> None:
        """A call that began at `start` went well; `allowed_s` of waiting does not count as slow."""
        elapsed = perf_counter() - start
        self._calls.inc()
        self._seconds.inc(elapsed)
        if self._slow_s and elapsed > self._slow_s + allowed_s:
            self._slow.inc()
            self._fail(f"took {elapsed:.3f} s, longer than {self._slow_s + allowed_s:g} s", None)
        elif self._failures or self.quarantine.until:
            self._failures = 0
            if self.quarantine.until:
                self.quarantine.recovered()

    def failed(self, start: float, error: Exception) -> None:
        """A call raised."""
        self._count_error(start)
        self._fail(f"{type(error).__name__}: {error}", error)

    def wrong(self, start: float, found: object, expected: str) -> str:
        """A call returned what the port does not allow; returns this as a sentence."""
        self._count_error(start)
        reason = f"returned {type(found).__name__}, not {expected}"
        self._fail(reason, None)
        return reason

    def _count_error(self, start: float) -> None:
        self._calls.inc()
        self._seconds.inc(perf_counter() - start)
        self._errors.inc()

    def _fail(self, reason: str, error: Exception | None) -> None:
        self._failures += 1
        now = monotonic()
        if now - self._last_logged >= 60.0:  # a broken cache must not flood the log
            self._last_logged = now
            where = f"{self.quarantine.port}.{self.method}"
            self._log.error(
                "%s of plugin %s: %s", where, self.quarantine.plugin, reason, exc_info=error
            )
        self.quarantine.failed(self.method, reason, self._failures)
