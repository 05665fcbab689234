"""A statement's bound values as a sample: enough to ask for its plan, little enough to keep.

Numbers, instants and short texts are kept. A long text, an address of mail and bytes are kept as
their length only, and come back as a stand-in of that length.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

MAX_TEXT = 40
"""Longer ones are digests, tokens or contents."""
MAX_ITEMS = 20

_BY_TEXT: Mapping[type, tuple[str, Callable[[str], Any]]] = {
    datetime: ("instant", datetime.fromisoformat),
    date: ("day", date.fromisoformat),
    Decimal: ("decimal", Decimal),
    UUID: ("uuid", UUID),
}
_FROM_TEXT = dict(_BY_TEXT.values())


def kept(value: Any) -> Any:
    """A value as JSON; None for what no sample can be made of."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [kept(item) for item in value[:MAX_ITEMS]]
    if isinstance(value, str) and len(value) <= MAX_TEXT and "@" not in value:
        return value
    return _told(value)


def _told(value: Any) -> Mapping[str, Any] | None:
    if isinstance(value, str):
        return {"text": len(value)}
    if isinstance(value, bytes | bytearray | memoryview):
        return {"bytes": len(value)}
    if isinstance(value, timedelta):
        return {"seconds": value.total_seconds()}
    if type(value) not in _BY_TEXT:
        return None
    name, _ = _BY_TEXT[type(value)]
    return {name: value.isoformat() if isinstance(value, date) else str(value)}


def revived(value: Any) -> Any:
    """The value, or its stand-in, as a driver takes it."""
    if isinstance(value, list):
        return [revived(item) for item in value]
    if not isinstance(value, dict):
        return value
    ((kind, told),) = value.items()
    if kind in _FROM_TEXT:
        return _FROM_TEXT[kind](told)
    if kind == "seconds":
        return timedelta(seconds=told)
    return b"x" * told if kind == "bytes" else "x" * told
