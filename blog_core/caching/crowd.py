"""Bounds how many threads of a process wait for pages that others are building."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from blog_core.errors import Unavailable


class Crowd:
    """At most `places` threads may wait; the first thread of each key never counts as waiting."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._lock = Lock()
        self._present: Counter[str] = Counter()
        self._waiting = 0

    @contextmanager
    def joined(self, key: str) -> Iterator[None]:
        """Hold a place while the key is built or waited for; `Unavailable` when none is left."""
        waits = self._enter(key)
        try:
            yield
        finally:
            self._leave(key, waits)

    def _enter(self, key: str) -> bool:
        with self._lock:
            waits = self._present[key] > 0
            if waits and self._waiting >= self._places:
                raise Unavailable(
                    f"This page is being built and {self._waiting} requests wait for it already. "
                    f"Try again in a second.",
                    retry_after_s=1,
                )
            self._present[key] += 1
            self._waiting += waits
            return waits

    def _leave(self, key: str, waits: bool) -> None:
        with self._lock:
            self._waiting -= waits
            self._present[key] -= 1
            if not self._present[key]:
                del self._present[key]
