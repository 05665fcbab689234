"""One builder a key among the threads of this process, for caches without leases of their own."""

from dataclasses import dataclass, field
from functools import partial
from threading import Event, Lock
from time import monotonic

from blog_core.ports import Lease


@dataclass(slots=True)
class _Building:
    """A key under construction: `done` is set when its builder has stored or given up."""

    done: Event = field(default_factory=Event)
    is_stored: bool = False


class LocalLeases:
    """Leases of a cache. `lease` in `Cache.lease`, `stored` in `Cache.put` when it has stored."""

    def __init__(self) -> None:
        self._under_way: dict[str, _Building] = {}
        self._lock = Lock()

    def lease(self, key: str, wait_s: float, stamps: object) -> Lease:
        """The builder's lease, or after a wait of at most `wait_s` seconds the news.

        `stamps` is what the cache noted before this call.
        """
        until = monotonic() + wait_s
        while True:
            mine = _Building()
            with self._lock:
                other = self._under_way.setdefault(key, mine)
            if other is mine:
                return Lease(key, True, stamps, partial(self._end, key, mine, stored=False))
            if not other.done.wait(max(0.0, until - monotonic())):
                return Lease(key, True, stamps, _nothing)  # a dead builder blocks nobody
            if other.is_stored:
                return Lease(key, False, stamps, _nothing)

    def stored(self, lease: Lease) -> None:
        """The lease's key has its value: those who wait may `get` it."""
        with self._lock:
            building = self._under_way.get(lease.key)
        if building is not None:
            self._end(lease.key, building, stored=True)

    def _end(self, key: str, building: _Building, *, stored: bool) -> None:
        with self._lock:
            if self._under_way.get(key) is building:
                del self._under_way[key]
                building.is_stored = stored
        building.done.set()


def _nothing() -> None:
    """Release nothing."""
