"""The guard of the cache port: fails open, and never lets a failed invalidation be lost."""

from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from time import monotonic, perf_counter

from blog_core.cache_tags import given_tags
from blog_core.host.guards.watch import Patience, Quarantine, Watch
from blog_core.metrics import Metrics
from blog_core.ports import ALL, Cache, CacheTags, Entry, Lease, _All

_NOT_STORED = object()
_RETRY_S = 1.0
_MOST_PENDING = 10_000


def _nothing() -> None:
    """Release nothing."""


class GuardedCache:
    """A `Cache` that no plugin's fault gets through.

    `get` misses, `lease` makes a builder and `put` stores nothing when the plugin raises, returns
    the wrong type or rests. An `invalidate` that failed is kept and tried again; until it has
    worked, entries with its tags count as missing.
    """

    def __init__(self, inner: Cache, plugin: str, metrics: Metrics, patience: Patience) -> None:
        self.inner = inner
        self.quarantine = Quarantine(metrics, plugin, "cache", patience)
        # What a plugin returns is looked at before it is believed, whatever its annotations say.
        self._inner_get: Callable[[str], object] = inner.get
        self._inner_lease: Callable[[str, float], object] = inner.lease
        self._inner_put: Callable[..., object] = inner.put
        self._get = Watch(metrics, self.quarantine, "get", slow_s=0.1)
        self._lease = Watch(metrics, self.quarantine, "lease", slow_s=0.25)
        self._put = Watch(metrics, self.quarantine, "put", slow_s=0.25)
        self._invalidate = Watch(metrics, self.quarantine, "invalidate", slow_s=1.0)
        self._pending: CacheTags | _All = frozenset()
        self._retry_at = 0.0
        self._lock = Lock()

    @property
    def levels(self) -> frozenset[str]:
        """The levels of the provider."""
        return self.inner.levels

    @property
    def pending(self) -> CacheTags | _All:
        """Tags whose invalidation has failed so far."""
        return self._pending

    def get(self, key: str) -> Entry | None:
        """The entry, or None."""
        watch = self._get
        if (self.quarantine.until or self._pending) and not self._is_usable(watch):
            return None
        start = perf_counter()
        try:
            entry = self._inner_get(key)
        except Exception as error:  # a cache that fails is a miss
            watch.failed(start, error)
            return None
        if entry is not None and not isinstance(entry, Entry):
            watch.wrong(start, entry, "an Entry or None")
            return None
        watch.done(start)
        if self._pending and entry is not None and self._is_pending(entry.cache_tags):
            return None
        return entry

    def lease(self, key: str, wait_s: float) -> Lease:
        """The provider's lease; its own, which stores nothing, when there is none to be had."""
        if (self.quarantine.until or self._pending) and not self._is_usable(self._lease):
            return self._own_lease(key)
        start = perf_counter()
        try:
            lease = self._inner_lease(key, wait_s)
        except Exception as error:  # without a lease everybody builds
            self._lease.failed(start, error)
            return self._own_lease(key)
        if not isinstance(lease, Lease):
            self._lease.wrong(start, lease, "a Lease")
            return self._own_lease(key)
        self._lease.done(start, allowed_s=wait_s)
        return Lease(
            key=lease.key,
            is_builder=lease.is_builder,
            stamps=lease,
            release=Release(lease, self._lease),
            expired=self._still_true(lease.expired),
        )

    def _still_true(self, expired: Entry | None) -> Entry | None:
        return None if expired is None or self._is_pending(expired.cache_tags) else expired

    def _own_lease(self, key: str) -> Lease:
        return Lease(key=key, is_builder=True, stamps=_NOT_STORED, release=_nothing)

    def put(self, lease: Lease, value: bytes, *, ttl_s: float, cache_tags: CacheTags) -> bool:
        """Whether the value was stored. Raises `TypeError` for a tag that is no text."""
        cache_tags = given_tags(cache_tags)
        inner = lease.stamps
        if not isinstance(inner, Lease) or self._is_pending(cache_tags):
            return False
        if self.quarantine.until and not self._is_usable(self._put):
            return False
        if inner.key != lease.key:
            inner = replace(inner, key=lease.key)
        inner.key = lease.key
        start = perf_counter()
        try:
            stored = self._inner_put(inner, value, ttl_s=ttl_s, cache_tags=cache_tags)
        except Exception as error:  # what is not stored is built again
            self._put.failed(start, error)
            return False
        if not isinstance(stored, bool):
            self._put.wrong(start, stored, "True or False")
            return False
        self._put.done(start)
        return stored

    def invalidate(self, cache_tags: CacheTags | _All) -> None:
        """Invalidate now, or keep it in mind until the provider has done it. Raises `TypeError`
        for a tag that is no text."""
        if cache_tags is not ALL:
            cache_tags = given_tags(cache_tags)
        if not self._pending and not self.quarantine.until and self._invalidated(cache_tags):
            return
        with self._lock:
            self._pending = _union(self._pending, cache_tags)
            if not self._invalidate.skips() and self._invalidated(self._pending):
                self._pending = frozenset()

    def _invalidated(self, cache_tags: CacheTags | _All) -> bool:
        self._retry_at = monotonic() + _RETRY_S
        start = perf_counter()
        try:
            self.inner.invalidate(cache_tags)
        except Exception as error:  # the save stands; `_pending` remembers
            self._invalidate.failed(start, error)
            return False
        self._invalidate.done(start)
        return True

    def _is_usable(self, watch: Watch) -> bool:
        """Whether to ask the provider: not while it rests, and never before what it owes."""
        rests = self.quarantine.until > 0
        if watch.skips():
            return False
        if self._pending and (rests or monotonic() >= self._retry_at):
            self._try_pending()
        return not (rests and self._pending)

    def _try_pending(self) -> None:
        """Try a failed invalidation again, one thread at a time."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            if self._pending and self._invalidated(self._pending):
                self._pending = frozenset()
        finally:
            self._lock.release()

    def _is_pending(self, cache_tags: CacheTags) -> bool:
        pending = self._pending
        return pending is ALL or not pending.isdisjoint(cache_tags)


class Release:
    """Gives a provider's lease back; what that raises is counted and goes no further."""

    __slots__ = ("_lease", "_watch")

    def __init__(self, lease: Lease, watch: Watch) -> None:
        self._lease, self._watch = lease, watch

    def __call__(self) -> None:
        start = perf_counter()
        try:
            self._lease.release()
        except Exception as error:  # a lease that is not given back ends by its own time
            self._watch.failed(start, error)


def _union(one: CacheTags | _All, other: CacheTags | _All) -> CacheTags | _All:
    if one is ALL or other is ALL or len(one) + len(other) > _MOST_PENDING:
        return ALL
    return one | other
