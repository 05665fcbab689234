"""A breaker: a server that failed several times in a row is left alone for a while."""

import threading
from collections.abc import Callable

FAILURES = 5
REST_S = 30.0


class Breaker:
    """Counts failures in a row of one server and model. While it is open nothing is asked; after
    `REST_S` one attempt goes through, and its outcome decides."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._lock = threading.Lock()
        self._failures = 0
        self._opens_at_s = 0.0

    @property
    def rest_s(self) -> float:
        """Seconds until the next attempt may be made; 0: now."""
        with self._lock:
            return max(0.0, self._opens_at_s - self._now_s())

    def lets_through(self) -> bool:
        """Whether an attempt may be made now; when the rest is over, one caller gets True."""
        with self._lock:
            if self._failures < FAILURES:
                return True
            if self._now_s() < self._opens_at_s:
                return False
            self._opens_at_s = self._now_s() + REST_S
            return True

    def succeeded(self) -> None:
        """An answer came."""
        with self._lock:
            self._failures = 0
            self._opens_at_s = 0.0

    def failed(self) -> None:
        """No answer came."""
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES:
                self._opens_at_s = self._now_s() + REST_S
