"""Values to bytes and back: msgpack with a closed set of types, one version byte, never code.

Whoever can write to the store can change a value and nothing else: no type that runs anything is
ever built. A value that is not understood is a miss, not an error.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, cast
from uuid import UUID

import msgspec

from blog_core.caching.keys import MAX_DEPTH
from blog_core.errors import UnsupportedValue

VERSION = b"\x01"


class Unreadable(ValueError):
    """Bytes that no codec of this version wrote; the caller treats them as a miss."""


_DATETIME, _DATE, _DECIMAL, _UUID, _TUPLE, _INTEGER = range(1, 7)
_WITHIN_MSGPACK = range(-(2**63), 2**64)
_pack: Final = msgspec.msgpack.Encoder().encode


def encode_value(value: object) -> bytes:
    """`value` in bytes. Raises `UnsupportedValue` with the type found and the path to it.

    Mappings come back as dicts; everything else comes back with the type it had.
    """
    plain = _plain(value, None, 0)
    try:
        return VERSION + _pack(plain)
    except (UnicodeEncodeError, OverflowError, ValueError) as error:
        raise UnsupportedValue("value", f"something msgpack cannot hold ({error})") from None


def decode_value(data: bytes) -> Any:
    """What `encode_value` was given. Raises `Unreadable` for any other bytes."""
    if data[:1] != VERSION:
        raise Unreadable(f"a value begins with {data[:1]!r}, expected version {VERSION!r}")
    try:
        return _unpack(memoryview(data)[1:])
    except (msgspec.MsgspecError, ArithmeticError, TypeError, ValueError, RecursionError) as error:
        raise Unreadable(f"a value cannot be read: {error}") from None


_TABLES: Final = (dict, Mapping)
"""`dict` first: asking the abstract `Mapping` takes longer."""

_Place = tuple[Any, object] | None
"""Where a value stands: the place around it, and its key. Put into words only for an error."""


def _path(place: _Place) -> str:
    steps: list[str] = []
    while place is not None:
        place, key = place
        steps.append(f"[{key!r}]")
    return f"value{''.join(reversed(steps))}"


def _plain(value: object, place: _Place, depth: int) -> object:
    kind = type(value)
    if kind in _NATIVE:
        return value
    to_text = _AS_TEXT.get(kind)
    if to_text is not None:
        code, convert = to_text
        return msgspec.msgpack.Ext(code, convert(value))
    if depth >= MAX_DEPTH:
        raise UnsupportedValue(_path(place), f"nesting deeper than {MAX_DEPTH} levels")
    if kind is int:
        number: int = value  # type: ignore[assignment]  # `kind` says so
        return number if number in _WITHIN_MSGPACK else _big(number)
    if kind is list or kind is tuple:
        items = [
            item if type(item) in _NATIVE else _plain(item, (place, at), depth + 1)
            for at, item in enumerate(cast("Sequence[object]", value))
        ]
        return items if kind is list else msgspec.msgpack.Ext(_TUPLE, _pack(items))
    if isinstance(value, _TABLES):
        return {
            _name(key, place): item
            if type(item) in _NATIVE
            else _plain(item, (place, key), depth + 1)
            for key, item in value.items()
        }
    raise UnsupportedValue(_path(place), f"a value of type {kind.__qualname__}")


def _name(key: object, place: _Place) -> str:
    if type(key) is str:
        return key
    raise UnsupportedValue(_path(place), f"a dict with a key of type {type(key).__qualname__}")


def _big(number: int) -> msgspec.msgpack.Ext:
    return msgspec.msgpack.Ext(_INTEGER, b"%x" % number)


_NATIVE = frozenset({type(None), bool, float, str, bytes})
_AS_TEXT: dict[type, tuple[int, Callable[[Any], bytes]]] = {
    datetime: (_DATETIME, lambda value: value.isoformat().encode()),
    date: (_DATE, lambda value: value.isoformat().encode()),
    Decimal: (_DECIMAL, lambda value: str(value).encode()),
    UUID: (_UUID, lambda value: value.bytes),
}


def _extension(code: int, data: memoryview) -> object:
    read = _READERS.get(code)
    if read is None:
        raise Unreadable(f"extension type {code} is unknown")
    return read(bytes(data))


_unpack: Final = msgspec.msgpack.Decoder(ext_hook=_extension).decode
_unpack_items: Final = msgspec.msgpack.Decoder(tuple[Any, ...], ext_hook=_extension).decode
_READERS: dict[int, Callable[[bytes], object]] = {
    _DATETIME: lambda data: datetime.fromisoformat(data.decode()),
    _DATE: lambda data: date.fromisoformat(data.decode()),
    _DECIMAL: lambda data: Decimal(data.decode()),
    _UUID: lambda data: UUID(bytes=data),
    _TUPLE: _unpack_items,
    _INTEGER: lambda data: int(data.decode(), 16),
}
