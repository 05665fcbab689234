"""What was touched last, shared by all processes of a host: one random number per cache tag.

A file of 8-byte words is mapped into every process. Each cache tag has a slot, by its digest; to
touch a tag is to write a new random number there. Random and not counted: nothing is read before
it is written, so no lock is needed and a killed process leaves nothing behind. Two tags may share
a slot; then one invalidates the other too, which costs a rebuild and never an old page.

The order of the words written by `move` (group, slot, latest) and read here is what makes it
right; each method says why.
"""

import mmap
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from math import inf
from operator import itemgetter
from pathlib import Path
from time import monotonic
from typing import Any

from blog_core.cache_tags import plain_tag
from blog_core.disk_space import allocate

SLOTS = 65_536
GROUPS = 1_024
NOTES = 8_192
"""Words after the stamps in which the relay keeps what this host has seen of the outbox."""

_EPOCH, LATEST, _FIRST_TAG = 0, 1, 2
_SIZE_BYTES = 8 * (SLOTS + GROUPS + NOTES)


@dataclass(frozen=True, slots=True)
class Moment:
    """What was current at one moment, before it is known which tags will matter."""

    epoch: int
    groups: bytes


class Stamp:
    """The stamps of some tags as they were when a value was made from what the tags stand for."""

    __slots__ = ("latest", "read", "values")

    def __init__(self, latest: int, read: Callable[[Any], Any], values: Any) -> None:
        self.latest, self.read, self.values = latest, read, values


@lru_cache(maxsize=8_192)
def slot_of(cache_tag: str) -> int:
    """The word of a tag, the same in every process and on every machine."""
    digest = blake2b(plain_tag(cache_tag).encode(), digest_size=8).digest()
    return _FIRST_TAG + int.from_bytes(digest, "little") % (SLOTS - _FIRST_TAG)


class Stamps:
    """The stamps of one blog on this host, kept in the file `path` (`None`: in this process only).

    `fault` says why they are not shared although a file was asked for; it is empty otherwise.

    For whoever counts nanoseconds: a stamp that has not `moved` stays so until `look_at` (a time of
    `time.monotonic`), as long as `words[LATEST]` is the stamp's `latest`. These `words` may be kept
    until then: when the file is replaced, the old ones move, too.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.fault = ""
        self._inode = 0
        self._look: Callable[[], float] | None = None
        self.look_at = inf
        self._open()

    def _open(self) -> None:
        try:
            words = memoryview(self._map()).cast("Q") if self.path else _own_words()
        except OSError as problem:
            self.fault = (
                f"{self.path} cannot be shared between processes ({problem.strerror}): "
                f"each worker notices changes of the others only after a second. "
                f"Make its folder writable, with room on the disk, and restart."
            )
            words = _own_words()
        self.words = words
        self._groups = words[SLOTS : SLOTS + GROUPS].cast("B")
        self.notes = words[SLOTS + GROUPS :]

    def _map(self) -> mmap.mmap:
        assert self.path is not None  # noqa: S101 - for the type checker
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            # A new file is all zeros, which is as good as any stamps: nothing was stored yet.
            allocate(descriptor, _SIZE_BYTES)
            self._inode = os.fstat(descriptor).st_ino
            return mmap.mmap(descriptor, _SIZE_BYTES)
        finally:
            os.close(descriptor)

    @property
    def is_shared(self) -> bool:
        """Whether other processes of this host see these stamps."""
        return self.path is not None and not self.fault

    def watch(self, look: Callable[[], float] | None) -> None:
        """Have `look` called before stamps are used; it returns when to call it again.

        Times are those of `time.monotonic`. It moves what this process has not been told of.
        """
        self._look = look
        self.look_at = 0.0 if look else inf

    def look(self) -> None:
        """Hear of what other programs wrote, if it is time. For whoever compares what `read` gives
        with the stamps of something that was stored before; `now` and `moved` do it themselves."""
        if monotonic() >= self.look_at and self._look is not None:
            self.look_at = self._look()

    def now(self) -> Moment:
        """What is current. Take it before the first statement of what is to be stored."""
        self.look()
        return Moment(self.words[_EPOCH], bytes(self._groups))

    def read(self, cache_tags: Iterable[str]) -> Stamp:
        """The stamps of these tags; taken before the first statement of what is to be stored."""
        # `latest` first: a move in between makes the next check look at the slots.
        latest = self.words[LATEST]
        read = itemgetter(_EPOCH, *map(slot_of, cache_tags))
        return Stamp(latest, read, read(self.words))

    def read_since(self, moment: Moment, cache_tags: Iterable[str]) -> Stamp | None:
        """The stamps these tags had at `moment`; None when one of them (or a near one) moved since.

        Slots are read before their groups are compared, while `move` writes the group first: a
        move that the comparison misses has not reached the slot that was read.
        """
        tags = tuple(cache_tags)
        stamp = self.read(tags)
        if self.words[_EPOCH] != moment.epoch or self._has_new_group(moment, tags):
            return None
        return stamp

    def _has_new_group(self, moment: Moment, cache_tags: Iterable[str]) -> bool:
        for tag in cache_tags:
            start = 8 * (slot_of(tag) % GROUPS)
            if self._groups[start : start + 8] != moment.groups[start : start + 8]:
                return True
        return False

    def moved(self, stamp: Stamp) -> bool:
        """Whether one of the stamp's tags was touched since. One comparison when nothing was."""
        if monotonic() >= self.look_at:  # asked here, too: it saves a call at each hit
            self.look()
        latest = self.words[LATEST]
        if latest == stamp.latest:
            return False
        if stamp.read(self.words) != stamp.values:
            return True
        stamp.latest = latest
        return False

    def move(self, cache_tags: Iterable[str]) -> None:
        """Make whatever depends on these tags invalid, in every process, from now on."""
        words, value = self.words, _random()
        slots = tuple(map(slot_of, cache_tags))
        for slot in slots:
            words[SLOTS + slot % GROUPS] = value
            words[slot] = value
        if slots:
            words[LATEST] = value

    def move_epoch(self) -> None:
        """Make everything invalid, in every process, from now on."""
        value = _random()
        self.words[_EPOCH] = value
        self.words[LATEST] = value

    def reopen_if_replaced(self) -> bool:
        """Map the file again when somebody deleted it; then everything is invalid. True if so."""
        if not self.is_shared or self.path is None:
            return False
        try:
            if self.path.stat().st_ino == self._inode:
                return False
        except FileNotFoundError:
            pass
        self.move_epoch()  # for whoever still compares with the old file
        self._open()
        self.move_epoch()
        return True


def _own_words() -> memoryview:
    return memoryview(bytearray(_SIZE_BYTES)).cast("Q")


def _random() -> int:
    return int.from_bytes(os.urandom(8), "little")
