"""An entry as bytes, for whoever reads it in another process: data only, and checked when read."""

from hashlib import blake2b
from typing import Final

import msgspec

from blog_core.api import Entry, Stamp, Stamps


class Record(msgspec.Struct, array_like=True, frozen=True):
    """One entry. `words` are the stamps of the sorted `cache_tags`, the epoch first.

    `name` is the digest of its key: a record that got under another key is nobody's.
    """

    name: bytes
    value: bytes
    cache_tags: tuple[str, ...]
    words: tuple[int, ...]
    stored_at: float
    expires_at: float
    built_s: float

    @classmethod
    def of(cls, key: str, entry: Entry, stamp: Stamp, built_s: float) -> "Record":
        """The entry with the stamps that it is valid under."""
        tags = tuple(sorted(entry.cache_tags))
        return cls(
            name_of(key),
            entry.value,
            tags,
            words(stamp),
            entry.stored_at,
            entry.expires_at,
            built_s,
        )

    def entry(self) -> Entry:
        """The entry without its stamps."""
        return Entry(self.value, frozenset(self.cache_tags), self.stored_at, self.expires_at)

    def current_stamp(self, stamps: Stamps) -> Stamp | None:
        """The present stamps of its tags, or None when one has moved since it was stored."""
        stamps.look()
        stamp = stamps.read(self.cache_tags)
        return stamp if words(stamp) == self.words else None


def words(stamp: Stamp) -> tuple[int, ...]:
    """The stamps as numbers."""
    values = stamp.values
    return values if isinstance(values, tuple) else (values,)


encode_record: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(Record).decode


def decode_record(data: bytes, key: str) -> Record | None:
    """The record of `key`, or None for bytes that are something else."""
    record = read_record(data)
    return record if record is not None and record.name == name_of(key) else None


def read_record(data: bytes) -> Record | None:
    """A record of whatever key, or None for bytes that are none."""
    try:
        return _decode(data)
    except (msgspec.MsgspecError, ValueError):
        return None


def name_of(key: str) -> bytes:
    """The digest of a key, which may be any text."""
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
