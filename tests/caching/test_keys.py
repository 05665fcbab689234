"""Two different things never share a key, and the same thing has the same key everywhere."""

import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog_core.caching.keys import canonical, digest, readable_key
from blog_core.errors import UnsupportedValue

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
plain = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.datetimes().map(lambda at: at.replace(fold=0))
    | st.dates()
    | st.decimals(allow_nan=False)
    | st.uuids()
)
nested = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)


def shape(value: object) -> object:
    """The value with its types: what must be equal for two keys to be equal."""
    if isinstance(value, dict):
        return "dict", sorted((key, repr(shape(item))) for key, item in value.items())
    if isinstance(value, list | tuple):
        return type(value).__name__, [shape(item) for item in value]
    return type(value).__name__, repr(value)


@settings(max_examples=1_000)
@given(nested, nested)
def test_only_equal_values_of_equal_types_share_a_key(left: object, right: object) -> None:
    assert (canonical(left) == canonical(right)) == (shape(left) == shape(right))


@pytest.mark.parametrize(
    "left, right",
    [
        ((1,), ("1",)),
        ((1,), (True,)),
        ((0,), (False,)),
        ((None,), ("",)),
        ((None,), ("None",)),
        ((1,), (1.0,)),
        ((b"a",), ("a",)),
        (("a", "b"), ("ab",)),
        (("a", "b"), ("a:b",)),
        (([1, 2],), ((1, 2),)),
        (([1], 2), ([1, 2],)),
        ((1, 2), ([1, 2],)),
        (({"a": None},), ({},)),
        (({"a": {}, "b": {}},), ({"a": {"b": {}}},)),
        ((date(2026, 1, 1),), ("2026-01-01",)),
        ((NOON.replace(tzinfo=None),), (NOON,)),
        ((Decimal(1),), (1,)),
        ((UUID(int=1),), (UUID(int=1).bytes,)),
    ],
)
def test_values_that_look_alike_have_different_digests(left: object, right: object) -> None:
    assert digest(left) != digest(right)


def test_the_order_of_a_mapping_does_not_matter() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


def test_a_digest_is_the_same_in_a_process_with_another_hash_seed() -> None:
    code = "from blog_core.caching import digest; print(digest('page', {'b': 1, 'a': [None, 2.5]}))"
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert found == {digest("page", {"b": 1, "a": [None, 2.5]})}


def test_an_unsupported_value_is_named_with_its_path() -> None:
    with pytest.raises(UnsupportedValue, match=r"type set at key\[0\]\['tags'\]\[1\]"):
        digest({"tags": [1, {2}]})


def test_a_structure_that_holds_itself_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(UnsupportedValue, match="nesting deeper than 64 levels"):
        digest(endless)


@given(st.text() | st.tuples(st.text(), st.integers()))
def test_a_readable_key_is_short_and_plain_whatever_it_was(key: object) -> None:
    found = readable_key(key)
    assert len(found) <= 160
    assert found.isascii()
    assert found.isprintable()
    assert " " not in found


def test_a_plain_key_stays_readable_and_cannot_imitate_a_digest() -> None:
    assert readable_key("posts:list") == "posts:list"
    assert readable_key("x" * 200) == f"#{digest('x' * 200)}"
    assert readable_key(readable_key("x" * 200)) != readable_key("x" * 200)
    assert readable_key("") != readable_key(" ") != readable_key(None)
