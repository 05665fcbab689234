"""What is stored for an address that leads nowhere: enough to raise the same `NotFound` again."""

from blog_core.caching.codec import Unreadable, decode_value, encode_value
from blog_core.errors import NotFound


def encode_missing(error: NotFound) -> bytes:
    """The bytes that a cache keeps for `error`."""
    return encode_value((error.kind, str(error.key)))


def decode_missing(data: bytes) -> NotFound:
    """The error that `encode_missing` was given. Raises `Unreadable` for any other bytes."""
    found = decode_value(data)
    if not isinstance(found, tuple) or len(found) != 2:
        raise Unreadable("a missing address holds something else than a kind and a key")
    return NotFound(str(found[0]), str(found[1]))
