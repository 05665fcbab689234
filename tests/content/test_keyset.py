"""Cursors: one spelling each, and nothing else is taken for one."""

import contextlib
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog_core.content.keyset import MAX_ID, BadCursor, Cursor

instants = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
cursors = st.builds(Cursor, instants, st.integers(0, MAX_ID), st.booleans())


@given(cursors)
def test_a_cursor_is_read_back_from_its_text(cursor):
    assert Cursor.parse(str(cursor)) == cursor


@given(st.text(max_size=40))
def test_any_other_text_is_refused_or_is_a_cursor_in_its_one_spelling(text):
    with suppress(BadCursor):
        assert str(Cursor.parse(text)) == text


@given(cursors, st.integers(0, 22), st.characters(codec="ascii"))
def test_a_changed_character_never_gives_a_second_spelling(cursor, place, char):
    text = str(cursor)
    changed = text[:place] + char + text[place + 1 :]
    with contextlib.suppress(BadCursor):
        assert str(Cursor.parse(changed)) == changed


def test_the_error_names_what_was_found_and_what_to_do():
    with pytest.raises(BadCursor, match="page: found 'nonsense', which is no place in a list") as e:
        Cursor.parse("nonsense")
    assert "start at its first page" in str(e.value)
    assert (e.value.status, e.value.errors[0].code) == (400, "invalid_cursor")
