"""Entries that hosts share in Redis: used while it is well, and only then.

Nothing here waits longer than Redis' time limit, and nothing raises. After one failure no request
asks Redis again; the watcher tries, makes good what was missed, and says when all is well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

import msgspec
import redis

from blog_core.api import ALL, All, CacheTags

from .record import Record, name_of
from .redis_server import RedisMoment, RedisServer
from .redis_state import HostState
from .sealing import Seal

MOST_TAGS = 500
_FAILURES = (redis.RedisError, OSError)


class Stored(msgspec.Struct, array_like=True, frozen=True):
    """A record as Redis has it: with what was current there before it was built."""

    record: Record
    epoch: str
    number: int


@dataclass(frozen=True, slots=True)
class News:
    """What hosts tell each other: who says it, and which tags (None: everything)."""

    origin: str
    cache_tags: tuple[str, ...] | None

    def encode(self) -> bytes:
        return _encode((self.origin, self.cache_tags))

    @classmethod
    def decode(cls, data: bytes) -> "News | None":
        """The news, or None for a message that is something else."""
        try:
            return cls(*_decode_news(data))
        except (msgspec.MsgspecError, ValueError):
            return None


class RedisTier:
    """What one process does with Redis."""

    def __init__(
        self,
        server: RedisServer,
        *,
        state: HostState,
        seal: Seal,
        origin: str,
        now_s: Callable[[], float],
    ) -> None:
        self.server, self.state, self.origin = server, state, origin
        self._seal, self._now_s = seal, now_s
        self.is_open = False
        self.fault = "not connected yet"
        self.failed = Event()

    @property
    def is_usable(self) -> bool:
        """Whether what Redis holds may be used and added to."""
        return self.is_open and not self.state.is_behind

    def moment(self) -> RedisMoment | None:
        """What is current in Redis, for a value that is about to be built; None when unknown."""
        if not self.is_usable:
            return None
        try:
            return self.server.moment()
        except _FAILURES as error:
            self.gave_up(error)
            return None

    def get(self, key: str) -> Record | None:
        """The record of this key, if none of its tags has moved in Redis since it was built."""
        if not self.is_usable:
            return None
        try:
            return self._valid(key, self._seal.open(key, self.server.get(key)))
        except _FAILURES as error:
            self.gave_up(error)
            return None

    def put(self, key: str, record: Record, moment: RedisMoment | None) -> bool:
        """Store a record that was built after `moment`; whether that was done."""
        if moment is None or not self.is_usable:
            return False
        stored = Stored(record, moment.epoch, moment.number)
        sealed = self._seal.close(key, _encode(stored))
        try:
            self.server.put(key, sealed, record.expires_at - self._now_s())
        except redis.ResponseError as error:  # full, or refusing to write: it may still be read
            self.fault = str(error)
            return False
        except _FAILURES as error:
            self.gave_up(error)
            return False
        return True

    def remove(self, key: str) -> None:
        """Drop the record of this key, if Redis can be reached."""
        if not self.is_usable:
            return
        try:
            self.server.remove(key)
        except redis.ResponseError as error:  # refusing to write: it may still be read
            self.fault = str(error)
        except _FAILURES as error:
            self.gave_up(error)

    def invalidate(self, cache_tags: CacheTags | All) -> None:
        """Tell Redis and the other hosts, or note that they have not been told."""
        everything = cache_tags is ALL or len(cache_tags) > MOST_TAGS
        if self.is_usable:
            try:
                if everything:
                    self.move_epoch()
                else:
                    self.tell(cache_tags)  # type: ignore[arg-type]  # `everything` says what it is
            except _FAILURES as error:
                self.gave_up(error)
            else:
                return
        self.state.fell_behind(self._now_s(), None if everything else cache_tags)  # type: ignore[arg-type]
        self.failed.set()

    def tell(self, cache_tags: CacheTags) -> None:
        """Move tags in Redis. Raises what the client raises."""
        tags = tuple(sorted(cache_tags))
        self.server.invalidate(tags, News(self.origin, tags).encode())

    def move_epoch(self) -> None:
        """Make everything in Redis invalid. Raises what the client raises."""
        self.server.move_epoch(News(self.origin, None).encode(), above=self.state.seen)

    def opened(self) -> None:
        """Use Redis: it is well and knows everything."""
        if not self.failed.is_set():
            self.is_open, self.fault = True, ""

    def gave_up(self, error: Exception) -> None:
        """Ask Redis no more until the watcher says that it is well."""
        self.is_open = False
        self.fault = f"{type(error).__name__}: {error}"
        self.failed.set()

    def _valid(self, key: str, payload: bytes | None) -> Record | None:
        if payload is None:
            return None
        try:
            stored = _decode_stored(payload)
        except (msgspec.MsgspecError, ValueError):
            return None
        record = stored.record
        if record.name != name_of(key) or record.expires_at <= self._now_s():
            return None
        seen = self.state.seen
        current, highest = self.server.stamps(record.cache_tags)
        if current is None or current.epoch != stored.epoch or highest > stored.number:
            return None
        if current.number < max(stored.number, seen):
            # The server went back in time: what it says of stamps is not the last word.
            self.state.fell_behind(self._now_s(), None)
            self.gave_up(redis.RedisError("the server has been set back to an older state"))
            return None
        return record


_encode = msgspec.msgpack.Encoder().encode
_decode_stored = msgspec.msgpack.Decoder(Stored).decode
_decode_news = msgspec.msgpack.Decoder(tuple[str, tuple[str, ...] | None]).decode
