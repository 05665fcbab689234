"""Entries in the memory of one process, bounded in bytes.

Each namespace has two queues (the S3-FIFO scheme): newcomers wait in a small one and leave it
unless they are asked for again, so a crawler that reads every page once pushes out only other
newcomers. What was put out a moment ago and comes back goes to the main queue at once.
"""

from array import array
from collections import deque
from collections.abc import Mapping
from sys import getsizeof
from threading import Lock

from blog_core.api import Entry, Metrics, Stamp

from .counts import Counts
from .fast_path import FastPath
from .ready import Place, Ready

LARGEST_SHARE = 64
"""No entry may take more than this part of the budget."""

_ENTRY_BYTES = 570
_TAG_BYTES = 84
"""What an entry, and each of its tags, cost beside their texts; checked by test_memory."""

MOST_USES = 3
"""Uses counted for an item; each saves it from being put out once."""

_SMALL_SHARE = 0.1
_BYTES_PER_GHOST = 1_024
_WORD = 2**64 - 1


Seat = list["Item | None"]
"""Where an item stands in a queue; empty when it has gone."""


class Item:
    """One entry as it is held. Entry and stamp never change, so that readers need no lock.

    `was_ready`: what was under this key before was ready to be sent, so this should be, too.
    """

    __slots__ = (
        "built_s",
        "counts",
        "entry",
        "expires_at",
        "is_new",
        "key",
        "part",
        "ready",
        "seat",
        "size_bytes",
        "stale_until",
        "stamp",
        "uses",
        "was_ready",
    )

    def __init__(
        self, key: str, entry: Entry, stamp: Stamp, *, built_s: float, counts: Counts
    ) -> None:
        self.key, self.entry, self.stamp = key, entry, stamp
        self.built_s, self.counts = built_s, counts
        self.expires_at = entry.expires_at
        self.stale_until = 0.0
        self.uses = 0
        self.ready: Ready | None = None
        self.was_ready = False
        self.size_bytes = _weigh(key, entry)
        self.is_new = True
        self.part: Part
        self.seat: Seat


class Part:
    """One namespace's items; `share` of the budget is always its own."""

    def __init__(self, name: str, share: float, counts: Counts) -> None:
        self.name, self.share, self.counts = name, share, counts
        self.small: deque[Seat] = deque()
        self.main: deque[Seat] = deque()
        self.small_bytes = self.bytes = self.entries = 0

    def show(self) -> None:
        """Let the metrics tell the present size."""
        self.counts.bytes.set(self.bytes)
        self.counts.entries.set(self.entries)


class Memory:
    """The items of one process, never more than `max_bytes` of them."""

    def __init__(self, max_bytes: int, shares: Mapping[str, float], metrics: Metrics) -> None:
        self.max_bytes = max_bytes
        self.largest_bytes = max_bytes // LARGEST_SHARE
        self.items: dict[str, Item] = {}
        self.pages: dict[Place, Ready] = {}
        self.fast = FastPath()
        self.bytes = 0
        self._metrics = metrics
        self.parts = {
            name: Part(name, share, Counts(metrics, name)) for name, share in shares.items()
        }
        self._lock = Lock()
        self._ghosts = array("Q", bytes(8 * (max_bytes // _BYTES_PER_GHOST)))

    def put(self, namespace: str, item: Item) -> bool:
        """Hold the item in place of what was under its key; False when it is too large to hold."""
        with self._lock:
            old = self.items.get(item.key)
            if item.size_bytes > self.largest_bytes:
                if old is not None:
                    self._take_out(old)
                return False
            if old is not None:
                self._replace(old, item)
            else:
                self._add(self.part(namespace), item)
            self._make_room()
            item.part.show()
            return True

    def add_ready(self, item: Item, ready: Ready) -> None:
        """Hold what is ready to be sent beside the item it was made of, while that is held."""
        with self._lock:
            if self.items.get(item.key) is item and item.ready is None:
                item.ready = ready
                self.pages[ready.place] = ready
                item.size_bytes += ready.size_bytes
                self._count(item, ready.size_bytes)
                self._make_room()
                item.part.show()

    def remove(self, key: str) -> bool:
        """Drop one item; whether it was there."""
        with self._lock:
            item = self.items.get(key)
            if item is not None:
                self._take_out(item)
                item.part.show()
            return item is not None

    def clear(self) -> int:
        """Drop everything; how many items that were."""
        with self._lock:
            dropped = len(self.items)
            for item in list(self.items.values()):
                self._take_out(item)
            for part in self.parts.values():
                part.show()
            return dropped

    def part(self, namespace: str) -> Part:
        """The part of a namespace; one without a share of its own for an unknown one."""
        part = self.parts.get(namespace)
        if part is None:
            part = Part(namespace, 0.0, Counts(self._metrics, namespace))
            part = self.parts.setdefault(namespace, part)
        return part

    def was_put_out(self, key: str) -> bool:
        """Whether the key was here not long ago and had to make room for others."""
        mark = hash(key) & _WORD
        return self._ghosts[mark % len(self._ghosts)] == mark

    # --- under the lock -----------------------------------------------------------------------

    def _add(self, part: Part, item: Item) -> None:
        item.part, item.seat = part, [item]
        item.is_new = not self.was_put_out(item.key)
        (part.small if item.is_new else part.main).append(item.seat)
        part.entries += 1
        self.items[item.key] = item
        self._count(item, item.size_bytes)

    def _replace(self, old: Item, item: Item) -> None:
        item.part, item.seat, item.is_new, item.uses = old.part, old.seat, old.is_new, old.uses
        item.seat[0] = item
        item.was_ready = old.ready is not None or old.was_ready
        self.items[item.key] = item
        self._drop_ready(old)
        self._count(item, item.size_bytes - old.size_bytes)

    def _take_out(self, item: Item) -> None:
        item.seat[0] = None
        item.part.entries -= 1
        del self.items[item.key]
        self._drop_ready(item)
        self._count(item, -item.size_bytes)

    def _drop_ready(self, item: Item) -> None:
        if item.ready is not None:
            place = item.ready.place
            if self.pages.get(place) is item.ready:
                del self.pages[place]
            item.ready.drop()
            self.fast.forget(place.path)

    def _count(self, item: Item, size_bytes: int) -> None:
        self.bytes += size_bytes
        item.part.bytes += size_bytes
        if item.is_new:
            item.part.small_bytes += size_bytes

    def _make_room(self) -> None:
        while self.bytes > self.max_bytes:
            self._put_one_out(max(self.parts.values(), key=self._excess_bytes))

    def _excess_bytes(self, part: Part) -> float:
        """How far a namespace is above its own share: the one furthest above gives way."""
        return part.bytes - part.share * self.max_bytes if part.entries else -self.max_bytes

    def _put_one_out(self, part: Part) -> None:
        """Put out one item, after at most three rounds for those that were used meanwhile."""
        while True:
            newcomers = part.small_bytes > part.bytes * _SMALL_SHARE or not part.main
            seat = (part.small if newcomers and part.small else part.main).popleft()
            item = seat[0]
            if item is None:
                continue
            if not item.uses:
                mark = hash(item.key) & _WORD
                self._ghosts[mark % len(self._ghosts)] = mark
                self._take_out(item)
                part.counts.evictions.inc()
                part.show()
                return
            if item.is_new:
                part.small_bytes -= item.size_bytes
                item.is_new, item.uses = False, 0
            else:
                item.uses -= 1
            part.main.append(seat)


def _weigh(key: str, entry: Entry) -> int:
    """The memory that an entry takes, with all that is kept beside it."""
    tags = entry.cache_tags
    texts = getsizeof(key) + getsizeof(entry.value) + sum(map(getsizeof, tags))
    return _ENTRY_BYTES + texts + getsizeof(tags) + _TAG_BYTES * len(tags)
