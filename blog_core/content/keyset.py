"""Paging by the last row seen: a page costs the same however deep it lies.

A cursor is a place in a list ordered by an instant and an id, newest first, and a direction. Its
text form is opaque and has exactly one spelling, so that it can stand in a cache key.
"""

import base64
import binascii
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, Self, TypeVar

from sqlalchemy import ColumnElement, RowMapping, Tuple, bindparam, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from blog_core.errors import FieldError, ValidationError
from blog_core.model import UtcDateTime, big_id

MAX_ID = 2**62
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PACKED = struct.Struct(">qq")
_OLDER, _NEWER = "o", "n"

Row = TypeVar("Row")


class BadCursor(ValidationError):
    """The text given as a place in a list is none of ours."""

    status = 400

    def __init__(self, found: str) -> None:
        message = (
            f"found {found[:80]!r}, which is no place in a list. "
            "Follow the links of the list, or start at its first page"
        )
        super().__init__([FieldError("page", "invalid_cursor", message)])


@dataclass(frozen=True, slots=True)
class Cursor:
    """The rows older (or newer) than the row with this instant and id."""

    at: datetime
    id: int
    newer: bool = False

    def __str__(self) -> str:
        packed = _PACKED.pack((self.at - _EPOCH) // _MICROSECOND, self.id)
        text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
        return (_NEWER if self.newer else _OLDER) + text

    @classmethod
    def parse(cls, text: str) -> Self:
        """The cursor of a text that `str(cursor)` gave; else `BadCursor`."""
        try:
            packed = base64.b64decode(text[1:] + "==", altchars=b"-_", validate=True)
            microseconds, id_ = _PACKED.unpack(packed)
            cursor = cls(_EPOCH + microseconds * _MICROSECOND, id_, newer=text[0] == _NEWER)
        except (binascii.Error, struct.error, OverflowError, ValueError, IndexError):
            raise BadCursor(text) from None
        if str(cursor) != text:
            raise BadCursor(text)
        return cursor


START = Cursor(datetime(9999, 12, 31, tzinfo=UTC), MAX_ID)
"""Before the first row of a list that may hold the future."""


def start(before: datetime) -> Cursor:
    """Before the first row: everything up to and including `before`."""
    return Cursor(before, MAX_ID)


def older_than_cursor(
    at: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    id_: InstrumentedAttribute[int],
) -> ColumnElement[bool]:
    """`(at, id) < (:at, :id)`, which both databases answer by one index range."""
    return tuple_(at, id_) < _place()


def newer_than_cursor(
    at: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    id_: InstrumentedAttribute[int],
) -> ColumnElement[bool]:
    """`(at, id) > (:at, :id)`."""
    return tuple_(at, id_) > _place()


def _place() -> Tuple:
    return tuple_(bindparam("at", type_=UtcDateTime()), bindparam("id", type_=big_id))


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, newest first, and the places its neighbours start at."""

    rows: tuple[Row, ...]
    older: Cursor | None = None
    newer: Cursor | None = None


def page_of(
    found: Sequence[RowMapping], cursor: Cursor | None, limit: int, *, at: str, id_: str = "id"
) -> Page[RowMapping]:
    """The page made of up to `limit + 1` rows, in the order in which the statement gave them.

    The one row too many says that the list goes on. `at` and `id_` name the columns of the order.
    """
    goes_on, rows = len(found) > limit, tuple(found[:limit])
    if not rows:
        return Page(())
    is_newer = cursor is not None and cursor.newer
    if is_newer:
        rows = rows[::-1]
    first, last = rows[0], rows[-1]
    return Page(
        rows,
        older=Cursor(last[at], last[id_]) if goes_on or is_newer else None,
        newer=Cursor(first[at], first[id_], newer=True)
        if (goes_on if is_newer else cursor is not None)
        else None,
    )
