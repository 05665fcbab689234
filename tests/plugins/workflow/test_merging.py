"""Changes to different lines go together; changes to the same ones are never guessed at."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.workflow.merging import merge_lines

BASE = "one\ntwo\nthree\nfour\nfive\n"


@pytest.mark.parametrize(
    "theirs, yours, merged",
    [
        (BASE, BASE, BASE),
        ("ONE\ntwo\nthree\nfour\nfive\n", BASE, "ONE\ntwo\nthree\nfour\nfive\n"),
        (
            "ONE\ntwo\nthree\nfour\nfive\n",
            "one\ntwo\nthree\nfour\nFIVE\n",
            "ONE\ntwo\nthree\nfour\nFIVE\n",
        ),
        ("two\nthree\nfour\nfive\n", BASE + "six\n", "two\nthree\nfour\nfive\nsix\n"),
        ("ONE\ntwo\nthree\nfour\nfive\n",) * 3,
        ("one\nTWO\nthree\nfour\nfive\n", "one\n2\nthree\nfour\nfive\n", None),
        ("ONE\ntwo\nthree\nfour\nfive\n", "one\nTWO\nthree\nfour\nfive\n", None),
        (BASE + "six\n", BASE + "seven\n", None),
        ("", "one\ntwo\nTHREE\nfour\nfive\n", None),
    ],
    ids=[
        "nobody",
        "one side",
        "both apart",
        "taken away and added",
        "the same",
        "one line",
        "neighbours",
        "two at the end",
        "deleted under the other",
    ],
)
def test_what_can_be_merged_is(theirs: str, yours: str, merged: str | None):
    assert merge_lines(BASE, theirs, yours) == merged
    assert merge_lines(BASE, yours, theirs) == merged


LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n"]), max_size=6).map("".join)


@settings(max_examples=300, deadline=None)
@given(LINES, LINES)
def test_one_side_alone_is_taken_as_it_is(base: str, changed: str):
    assert merge_lines(base, base, changed) == changed
    assert merge_lines(base, changed, base) == changed
    assert merge_lines(base, changed, changed) == changed


@settings(max_examples=300, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=12), st.data())
def test_no_change_of_either_side_is_lost(mine: list[bool], data: st.DataObject):
    """Each line is unlike the others, so what became of it can be told."""
    base = [f"line {number}\n" for number in range(len(mine))]
    other = data.draw(st.lists(st.booleans(), min_size=len(mine), max_size=len(mine)))
    yours = [f"my {line}" if changed else line for line, changed in zip(base, mine, strict=True)]
    theirs = [
        f"their {line}" if changed else line for line, changed in zip(base, other, strict=True)
    ]
    merged = merge_lines("".join(base), "".join(theirs), "".join(yours))
    close = any(a and any(other[max(0, at - 1) : at + 2]) for at, a in enumerate(mine))
    if close:
        assert merged is None
    else:
        expected = [m if changed else t for m, t, changed in zip(yours, theirs, mine, strict=True)]
        assert merged == "".join(expected)
