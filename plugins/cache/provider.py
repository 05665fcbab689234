"""The cache port: memory of the process first, then what the host's processes share.

An entry is valid while its time is not over and no stamp of its tags has moved. Stamps are taken
with the lease, before the first statement of the builder, and compared on every hit; a value that
was overtaken while it was built is not stored.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from blog_core.api import (
    ALL,
    NAMESPACES,
    All,
    CachePolicy,
    CacheTags,
    Entry,
    Lease,
    Metrics,
    Moment,
    Stamps,
)

from .counts import INVALIDATED, METRICS, Counts
from .leases import Leases, Turn
from .memory import MOST_USES, Item, Memory
from .moves import Moves
from .record import Record, decode_record, encode_record
from .shelf import Shelf

if TYPE_CHECKING:
    from .redis_server import RedisMoment
    from .redis_tier import RedisTier
    from .redis_watch import RedisWatch

_JITTER = 0.05
_LONGEST_WITHOUT_JITTER_S = 30.0
_STALE_STEP_S = 5.0


@dataclass(frozen=True, slots=True)
class Held:
    """What a builder's lease stands for."""

    turn: Turn
    moment: Moment
    in_redis: "RedisMoment | None"
    began: float


class BlogCache:
    """Provides the cache port. `shelf` is None where processes share nothing, `remote` where hosts
    do not; `watch` starts with the first look-up, in the process that looks."""

    def __init__(
        self,
        *,
        max_bytes: int,
        stamps: Stamps,
        leases: Leases,
        shelf: Shelf | None,
        policy: CachePolicy,
        metrics: Metrics,
        now_s: Callable[[], float],
        random: Callable[[], float],
        levels: frozenset[str] = frozenset(),
        remote: "RedisTier | None" = None,
        watch: "RedisWatch | None" = None,
    ) -> None:
        self.policy, self.levels, self.stamps = policy, levels, stamps
        metrics.declare(*METRICS)
        shares = {name: part.share for name, part in NAMESPACES.items()}
        self.memory = Memory(max_bytes, shares, metrics)
        self._leases, self.shelf = leases, shelf
        self.remote, self.watch = remote, watch
        self.moves = Moves(shelf) if shelf is not None else None
        self._now_s, self._random = now_s, random
        self._invalidated = metrics.counter(INVALIDATED.name)

    # --- the port -----------------------------------------------------------------------------

    def get(self, key: str) -> Entry | None:
        """The valid entry; one that has ended by time only while somebody builds the next."""
        item = self.memory.items.get(key)
        if item is None:
            return self._get_shared(key)
        if self.stamps.moved(item.stamp):
            return self._get_shared(key)
        now_s = self._now_s()
        if now_s < item.expires_at:
            if item.uses < MOST_USES:
                item.uses += 1
            item.counts.hits["memory"].inc()
            item.counts.saved.inc(item.built_s)
            item.counts.age.inc(now_s - item.entry.stored_at)
            return item.entry
        if now_s < item.stale_until:
            item.counts.hits["expired"].inc()
            return item.entry
        return self._get_shared(key)

    def lease(self, key: str, wait_s: float) -> Lease:
        """The builder's lease with the present stamps, or the news that the value can be had."""
        rules = NAMESPACES.get(namespace_of(key))
        item = self._expired_item(key)
        late_s = self._now_s() - item.expires_at if item else 0.0
        may_be_stale = item is not None and rules is not None and late_s < rules.stale_s
        turn = self._leases.take(
            key, 0.0 if may_be_stale else wait_s, partial(self._is_shared, key)
        )
        if item is not None and may_be_stale:
            item.stale_until = self._now_s() + _STALE_STEP_S
            if turn.state == "in vain":
                self._leases.end(turn)
                turn.state = "built"
        counts = self._counts_of(key)
        if turn.state != "builds":
            counts.waits.inc()
        if turn.state == "built":
            return Lease(key, is_builder=False, stamps=None, release=_nothing)
        counts.misses[self._reason(key)].inc()
        in_redis = self.remote.moment() if self.remote else None
        held = Held(turn, self.stamps.now(), in_redis, perf_counter())
        is_use = item is not None and rules is not None and late_s < rules.error_s
        return Lease(
            key,
            is_builder=True,
            stamps=held,
            release=partial(self._leases.end, turn),
            expired=item.entry if item is not None and is_use else None,
        )

    def put(self, lease: Lease, value: bytes, *, ttl_s: float, cache_tags: CacheTags) -> bool:
        """Store under the lease's key; False when a tag moved since, or for too large a value."""
        held = lease.stamps
        if not isinstance(held, Held):
            return False
        counts = self._counts_of(lease.key)
        stamp = self.stamps.read_since(held.moment, sorted(cache_tags))
        if stamp is None:
            counts.stores["moved"].inc()
            return False
        now_s = self._now_s()
        entry = Entry(value, cache_tags, now_s, now_s + self._lifetime_s(ttl_s))
        built_s = perf_counter() - held.began
        if not self._keep(Item(lease.key, entry, stamp, built_s=built_s, counts=counts)):
            counts.stores["too large"].inc()
            self._forget(lease.key)
            return False
        record = Record.of(lease.key, entry, stamp, built_s)
        if self.shelf is not None:
            self.shelf.put(lease.key, encode_record(record))
        if self.remote is not None and not self.remote.put(lease.key, record, held.in_redis):
            self.remote.remove(lease.key)  # what is there was replaced here
        counts.stores["stored"].inc()
        counts.build.inc(built_s)
        self._leases.built(held.turn)
        return True

    def invalidate(self, cache_tags: CacheTags | All) -> None:
        """Make every entry with one of these tags invalid, in every process of the host, and as far
        as Redis reaches."""
        if self.remote is not None:
            # Before the stamps: what somebody takes from Redis meanwhile, they end as well.
            self.remote.invalidate(cache_tags)
        if cache_tags is ALL:
            self.stamps.move_epoch()
            self._invalidated.inc()
        else:
            self.stamps.move(cache_tags)
            self._invalidated.inc(len(cache_tags))
        if self.moves is not None:
            self.moves.note(None if cache_tags is ALL else cache_tags)

    # --- inside -------------------------------------------------------------------------------

    def _get_shared(self, key: str) -> Entry | None:
        """The entry that another process has built, taken into this one's memory."""
        counts = self._counts_of(key)
        level, found = "host", self._shared_item(key, counts)
        if found is None and self.remote is not None:
            level, found = "redis", self._remote_item(key, counts)
        if found is None:
            return None
        self._keep(found)
        counts.hits[level].inc()
        return found.entry

    def _shared_item(self, key: str, counts: Counts) -> Item | None:
        """What a process of this host left on the shelf."""
        found = self._on_shelf(key, counts)
        return found if found is not None and found.expires_at > self._now_s() else None

    def _on_shelf(self, key: str, counts: Counts) -> Item | None:
        """The same, also when its time is over."""
        payload = self.shelf.get(key) if self.shelf is not None else None
        record = decode_record(payload, key) if payload is not None else None
        if record is None:
            return None
        stamp = record.current_stamp(self.stamps)
        if stamp is None:
            return None
        return Item(key, record.entry(), stamp, built_s=record.built_s, counts=counts)

    def _remote_item(self, key: str, counts: Counts) -> Item | None:
        """What any host left in Redis; put on the shelf for the other processes of this one."""
        if self.watch is not None:
            self.watch.start()
        moment = self.stamps.now()
        record = self.remote.get(key) if self.remote is not None else None
        stamp = self.stamps.read_since(moment, record.cache_tags) if record is not None else None
        if record is None or stamp is None:
            return None
        entry = record.entry()
        if self.shelf is not None:
            here = Record.of(key, entry, stamp, record.built_s)
            self.shelf.put(key, encode_record(here))
        return Item(key, entry, stamp, built_s=record.built_s, counts=counts)

    def _forget(self, key: str) -> None:
        """Drop what is under the key; from memory last, which is filled from the others."""
        if self.shelf is not None:
            self.shelf.remove(key)
        if self.remote is not None:
            self.remote.remove(key)
        self.memory.remove(key)

    def _is_shared(self, key: str) -> bool:
        return self._shared_item(key, self._counts_of(key)) is not None

    def _reason(self, key: str) -> str:
        """Why something must be built."""
        item = self.memory.items.get(key)
        if item is None:
            return "evicted" if self.memory.was_put_out(key) else "cold"
        return "invalidated" if self.stamps.moved(item.stamp) else "expired"

    def _expired_item(self, key: str) -> Item | None:
        """What is under the key, if only its time is over: here, or on the shelf, where another
        process may have left it, or this one before a restart."""
        item = self.memory.items.get(key)
        if item is not None and not self.stamps.moved(item.stamp):
            return item if item.expires_at <= self._now_s() else None
        rules = NAMESPACES.get(namespace_of(key))
        used_s = max(rules.stale_s, rules.error_s) if rules is not None else 0.0
        found = self._on_shelf(key, self._counts_of(key)) if used_s else None
        if found is None or not 0.0 <= self._now_s() - found.expires_at < used_s:
            return None
        if self.memory.items.get(key) is not item:
            return None  # a new one has come meanwhile
        self._keep(found)
        return found

    def _lifetime_s(self, ttl_s: float) -> float:
        """A little less than `ttl_s`: what was built together does not end together."""
        if ttl_s <= _LONGEST_WITHOUT_JITTER_S:
            return ttl_s
        return ttl_s * (1.0 - _JITTER * self._random())

    def _keep(self, item: Item) -> bool:
        """Take the item into this process's memory; False when it is too large."""
        return self.memory.put(namespace_of(item.key), item)

    def _counts_of(self, key: str) -> Counts:
        return self.memory.part(namespace_of(key)).counts


def namespace_of(key: str) -> str:
    """The namespace in a key `blog:<name>:<release>:<namespace>:<rest>`; "other" for any other."""
    parts = key.split(":", 4)
    return parts[3] if len(parts) == 5 and parts[3] in NAMESPACES else "other"


def _nothing() -> None:
    """Release nothing."""
