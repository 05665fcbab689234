"""Cache keys: one canonical form of structured values, and digests that are the same everywhere.

Every item carries its type and its length, so two different values never share a form: `1`, `"1"`,
`True` and `[1]` are four keys. Python's `hash()` is salted per process and is not used.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from struct import Struct
from typing import Any
from uuid import UUID

from blog_core.errors import UnsupportedValue

MAX_DEPTH = 64
"""Deeper values are refused: a structure that holds itself has no end."""

LONGEST_READABLE_KEY = 160
_DIGEST_BYTES = 16
_float = Struct(">d").pack


def canonical(value: object) -> bytes:
    """The one spelling of `value` in bytes, or `UnsupportedValue` with the path to a bad item."""
    out = bytearray()
    _write(out, value, "key", 0)
    return bytes(out)


def digest(*parts: object) -> str:
    """32 hexadecimal characters (128 bits of BLAKE2b) of `parts`, the same in every process."""
    return blake2b(canonical(parts), digest_size=_DIGEST_BYTES, person=b"blog key").hexdigest()


def readable_key(key: object) -> str:
    """`key` itself if it is a short, plain text, else `#` and its digest. Never two alike."""
    if (
        type(key) is str
        and 0 < len(key) <= LONGEST_READABLE_KEY
        and key.isascii()
        and key.isprintable()
        and not key.startswith("#")
        and " " not in key
    ):
        return key
    return f"#{digest(key)}"


def _write(out: bytearray, value: object, path: str, depth: int) -> None:
    write = _WRITERS.get(type(value))
    if write is not None:
        write(out, value)
        return
    if depth >= MAX_DEPTH:
        raise UnsupportedValue(path, f"nesting deeper than {MAX_DEPTH} levels")
    if isinstance(value, Mapping):
        _write_mapping(out, value, path, depth)
    elif type(value) is list or type(value) is tuple:
        out += b"%c%x;" % (b"l" if type(value) is list else b"u", len(value))
        for index, item in enumerate(value):
            _write(out, item, f"{path}[{index}]", depth + 1)
    else:
        raise UnsupportedValue(path, f"a value of type {type(value).__qualname__}")


def _write_mapping(out: bytearray, value: Mapping[object, object], path: str, depth: int) -> None:
    items = []
    for key, item in value.items():
        spelt = bytearray()
        _write(spelt, key, f"a key of {path}", depth + 1)
        items.append((bytes(spelt), f"{path}[{key!r}]", item))
    out += b"m%x;" % len(items)
    for spelt_key, where, item in sorted(items, key=lambda entry: entry[0]):
        out += spelt_key
        _write(out, item, where, depth + 1)


def _sized(mark: bytes, encode: Callable[[Any], bytes]) -> Callable[[bytearray, Any], None]:
    def write(out: bytearray, value: object) -> None:
        raw = encode(value)
        out += b"%b%x;" % (mark, len(raw))
        out += raw

    return write


def _fixed(mark: bytes) -> Callable[[bytearray, Any], None]:
    return lambda out, _: out.extend(mark)


_WRITERS: dict[type, Callable[[bytearray, Any], None]] = {
    type(None): _fixed(b"n"),
    bool: lambda out, value: out.extend(b"t" if value else b"f"),
    int: _sized(b"i", lambda value: b"%x" % value),
    float: lambda out, value: out.extend(b"d" + _float(value)),
    str: _sized(b"s", lambda value: value.encode("utf-8", "surrogatepass")),
    bytes: _sized(b"b", bytes),
    datetime: _sized(b"T", lambda value: value.isoformat().encode()),
    date: _sized(b"D", lambda value: value.isoformat().encode()),
    Decimal: _sized(b"N", lambda value: str(value).encode()),
    UUID: _sized(b"U", lambda value: value.bytes),
}
