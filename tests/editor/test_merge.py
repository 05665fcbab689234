"""Two texts begun from one: what both changed, and what is left for a person to decide."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog_core.admin.editor_merge import merge
from blog_core.admin.editor_typed import Typed
from blog_core.admin.line_merge import BETWEEN_MARK, MINE_MARK, THEIRS_MARK, merge_texts

LINES = st.lists(st.sampled_from(["a", "b c", "", "d"]), max_size=6).map("\n".join)


@pytest.mark.parametrize(
    "base, mine, theirs, merged",
    [
        ("one\n\ntwo", "ONE\n\ntwo", "one\n\nTWO", "ONE\n\nTWO"),
        ("one\n\ntwo", "one", "one\n\ntwo\n\nthree", None),
        ("one\ntwo\nthree", "two\nthree", "one\ntwo", "two"),
        ("a", "a\nmine", "a\nmine", "a\nmine"),
        ("", "mine", "", "mine"),
        ("the old house", "the new house", "the old houses", "the new houses"),
    ],
)
def test_changes_of_different_places_fit_together(base, mine, theirs, merged):
    found = merge_texts(base, mine, theirs)
    assert found.text == merged if merged is not None else found.conflicts == 1


def test_where_both_changed_the_same_words_both_stand_between_marks():
    found = merge_texts(
        "Hello.\nIt rains.\nBye.", "Hello.\nIt snows.\nBye.", "Hello.\nIt hails.\nBye."
    )
    assert found.conflicts == 1
    assert found.text.split("\n") == [
        "Hello.", MINE_MARK, "It snows.", BETWEEN_MARK, "It hails.", THEIRS_MARK, "Bye.",
    ]  # fmt: skip


@given(base=LINES, mine=LINES, theirs=LINES)
def test_a_side_that_changed_nothing_takes_the_other_s_text(base, mine, theirs):
    assert merge_texts(base, mine, base).text == mine
    assert merge_texts(base, base, theirs).text == theirs
    assert merge_texts(base, mine, mine).text == mine


@given(base=LINES, mine=LINES, theirs=LINES)
def test_a_merge_is_the_same_from_both_sides_but_for_the_order_in_its_conflicts(base, mine, theirs):
    one, other = merge_texts(base, mine, theirs), merge_texts(base, theirs, mine)
    assert one.conflicts == other.conflicts
    assert sorted(one.text.split("\n")) == sorted(other.text.split("\n"))


@given(base=LINES, mine=LINES, theirs=LINES)
def test_no_word_that_one_side_wrote_anew_is_missing(base, mine, theirs):
    mine, theirs = f"{mine}\nmine-new", f"theirs-new\n{theirs}"
    words = merge_texts(base, mine, theirs).text.split()
    assert {"mine-new", "theirs-new"} <= set(words)


def test_fields_follow_the_side_that_changed_them_and_tags_take_both_changes():
    base = Typed(title="T", excerpt="E", tags="bread, rye", slug="t")
    mine = replace(base, title="Mine", tags="bread, rye, slow")
    theirs = replace(base, excerpt="Theirs", title="Others", tags="rye, oven", slug="t")
    found = merge(base, mine, theirs)
    assert (found.typed.title, found.typed.excerpt) == ("Mine", "Theirs")
    assert found.typed.tags == "rye, slow, oven"
    assert found.kept == ("title",)
    assert not found.is_clean
