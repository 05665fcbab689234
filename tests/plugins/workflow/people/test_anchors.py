"""A note stays with its words while the text around them is edited, and says when they are gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.workflow.people.anchors import Anchor, Found, anchor, find, words_of

TEXT = "Mix flour and water. Wait an hour. Add the salt and wait an hour. Bake it hot."


def at(quote: str, **around: str) -> Anchor:
    found = anchor(TEXT, quote, **around)
    assert found is not None
    return found


def test_words_are_what_readers_see():
    html = "<h2>A <em>bold</em> start</h2><p>One<br>two &amp; thr<b>ee</b></p><ul><li>a</li></ul>"
    assert words_of(html) == "A bold start One two & three a"


def test_a_quote_is_found_with_its_surroundings():
    assert at("Add the  salt") == Anchor(
        "Add the salt",
        "ix flour and water. Wait an hour. "[-32:],
        " and wait an hour. Bake it hot.",
        35,
    )
    assert anchor(TEXT, "pepper") is None


def test_of_equal_words_those_are_meant_whose_surroundings_fit():
    second = at("ait an hour", before="salt and w", after=". Bake")
    assert second.place == TEXT.rindex("ait an hour")
    edited = "Wait an hour first. " + TEXT
    assert find(edited, second) == Found("there", "ait an hour", edited.rindex("ait an hour"))
    first = at("ait an hour", before="water. W")
    assert find(edited, first).place == edited.index("ait an hour. Add")


def test_it_follows_when_text_is_put_before_it():
    edited = "A whole new beginning. " + TEXT
    assert find(edited, at("Bake it hot.")) == Found("there", "Bake it hot.", edited.index("Bake"))


def test_rewritten_words_are_found_by_what_stands_around_them():
    edited = TEXT.replace("Add the salt", "Now fold in the salt")
    found = find(edited, at("Add the salt"))
    assert (found.state, found.text) == ("changed", "Now fold in the salt")


@pytest.mark.parametrize(
    "edited",
    [
        "",
        "Something else entirely.",
        TEXT.replace("Add the salt and wait an hour. ", ""),
        TEXT.replace("Add the salt", ""),
    ],
)
def test_words_that_went_are_gone(edited: str):
    assert find(edited, at("Add the salt")).state == "gone"


@given(st.text(alphabet="ab .", max_size=60), st.text(alphabet="ab .", max_size=20), st.data())
def test_any_quote_of_a_text_is_found_where_it_was_taken_after_text_is_added(
    text: str, more: str, data: st.DataObject
):
    text = " ".join(text.split())
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    quote = text[start:end]
    taken = anchor(text, quote, before=text[:start][-32:], after=text[end:])
    if quote.strip() != quote or not quote:
        return
    assert taken is not None
    assert find(text, taken) == Found("there", quote, taken.place)
    assert find(f"{text} {more}".strip(), taken).state == "there"
