"""A stored value comes back as it was, and foreign bytes are a miss and never more."""

import contextlib
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog_core.caching.codec import Unreadable, decode_value, encode_value
from blog_core.errors import UnsupportedValue

plain = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary()
    | st.datetimes(timezones=st.none() | st.just(UTC)).map(lambda at: at.replace(fold=0))
    | st.dates()
    | st.decimals(allow_nan=False)
    | st.uuids()
)
nested = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=500)
@given(nested)
def test_every_supported_value_comes_back_equal_and_of_the_same_type(value: object) -> None:
    found = decode_value(encode_value(value))
    assert repr(found) == repr(value)


def test_an_instant_keeps_its_offset() -> None:
    instant = datetime(2026, 3, 1, 12, 30, 1, 5, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert decode_value(encode_value(instant)).isoformat() == instant.isoformat()


@settings(max_examples=500)
@given(st.binary())
def test_foreign_bytes_are_unreadable_or_a_value_but_never_another_error(data: bytes) -> None:
    for candidate in (data, b"\x01" + data):
        with contextlib.suppress(Unreadable):
            decode_value(candidate)


@settings(max_examples=300)
@given(nested, st.integers(min_value=0), st.integers(min_value=0, max_value=255))
def test_a_damaged_value_is_unreadable_or_another_value(value: object, at: int, byte: int) -> None:
    data = bytearray(encode_value(value))
    data[at % len(data)] = byte
    with contextlib.suppress(Unreadable):
        decode_value(bytes(data))


def test_a_pickle_is_unreadable() -> None:
    planted = b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94."
    with pytest.raises(Unreadable, match="begins with"):
        decode_value(planted)
    with pytest.raises(Unreadable):
        decode_value(b"\x01" + planted)


class Weekday(IntEnum):
    MONDAY = 1


class Title(str):
    __slots__ = ()


@pytest.mark.parametrize(
    "value, text",
    [
        ({"post": {"tags": [1, {2}]}}, r"type set at value\['post'\]\['tags'\]\[1\]"),
        ([object()], r"type object at value\[0\]"),
        ({1: "one"}, "a dict with a key of type int at value"),
        ((Weekday.MONDAY,), r"type Weekday at value\[0\]"),
        (Title("x"), "type Title at value"),
        ("\ud800", "something msgpack cannot hold"),
    ],
)
def test_an_unsupported_value_is_named_with_its_path(value: object, text: str) -> None:
    with pytest.raises(UnsupportedValue, match=text):
        encode_value(value)


def test_a_structure_that_holds_itself_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(UnsupportedValue, match="nesting deeper than 64 levels"):
        encode_value(endless)


def test_values_of_every_type_of_the_error_text_are_supported() -> None:
    everything: dict[str, object] = {
        "None": None,
        "bool": True,
        "int": 2**100,
        "float": 0.5,
        "str": "é",
        "bytes": b"\x00",
        "datetime": datetime(2026, 1, 1, tzinfo=UTC),
        "date": date(2026, 1, 1),
        "Decimal": Decimal("1.20"),
        "UUID": UUID(int=7),
        "list": [1, (2, [3])],
        "tuple": (1, ()),
        "dict": {"": {}},
    }
    assert decode_value(encode_value(everything)) == everything
