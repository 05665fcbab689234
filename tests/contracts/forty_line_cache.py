"""A whole cache plugin: in memory, bounded, never stale, safe under threads."""

import time
from threading import Lock
from typing import Any

from blog_core.api import ALL, CacheTags, Entry, Lease, LocalLeases, Setup, Stamp, Stamps, hookimpl


class SmallCache:
    levels = frozenset({"shared-stamps"})

    def __init__(self, stamps: Stamps, max_entries: int = 4096) -> None:
        self._stamps, self._max_entries = stamps, max_entries
        self._leases, self._write = LocalLeases(), Lock()
        self._entries: dict[str, tuple[Entry, Stamp]] = {}

    def get(self, key: str) -> Entry | None:
        entry, stamp = self._entries.get(key) or (None, None)
        if entry is None or stamp is None or self._stamps.moved(stamp):
            return None
        return entry if entry.expires_at > time.time() else None

    def lease(self, key: str, wait_s: float) -> Lease:
        return self._leases.lease(key, wait_s, stamps=self._stamps.now())

    def put(self, lease: Lease, value: bytes, *, ttl_s: float, cache_tags: CacheTags) -> bool:
        moment: Any = lease.stamps
        stamp = self._stamps.read_since(moment, cache_tags)  # None: a tag moved meanwhile
        if stamp is not None:
            entry = Entry(value, cache_tags, time.time(), time.time() + ttl_s)
            with self._write:
                if lease.key not in self._entries and len(self._entries) >= self._max_entries:
                    del self._entries[next(iter(self._entries))]
                self._entries[lease.key] = entry, stamp
            self._leases.stored(lease)
        return stamp is not None

    def invalidate(self, cache_tags: Any) -> None:
        self._stamps.move_epoch() if cache_tags is ALL else self._stamps.move(cache_tags)


@hookimpl
def blog_cache(setup: Setup) -> SmallCache:
    return SmallCache(setup.stamps)
