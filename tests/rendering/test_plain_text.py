"""Excerpts, word counts and reading time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog_core.rendering import MAX_EXCERPT_CHARS, render_markdown, shorten, word_count


def excerpt(text: str) -> str:
    return render_markdown(text).excerpt


@pytest.mark.parametrize("mark", ["<!-- more -->", "<!--more-->", "<!-- MORE  -->"])
def test_the_excerpt_ends_at_the_mark(mark: str) -> None:
    assert excerpt(f"# T\n\nOne *two*.\n\n- three\n\n{mark}\n\nfour\n") == "One two. three"


def test_a_mark_inside_a_paragraph_splits_it() -> None:
    assert excerpt("One two <!-- more --> three\n") == "One two"


def test_without_a_mark_the_first_paragraph_is_the_excerpt() -> None:
    assert excerpt("# Title\n\n> A quote\n\nNot me\n").startswith("A quote")
    assert excerpt("# Title\n\n![x](/a.png)\n\nThe *first*\nwords `x`.\n\nSecond.") == (
        "The first words x."
    )


def test_notes_and_template_tags_are_left_out_of_the_excerpt() -> None:
    assert excerpt("{% image 'x' %}\n\nA[^1] b {{ c }}.\n\n[^1]: d\n") == "A b ."


def test_a_text_without_paragraphs_still_has_an_excerpt() -> None:
    assert excerpt("## Only a title\n") == "Only a title"
    assert excerpt("<div>Raw &amp; <b>ready</b></div>\n") == "Raw & ready"
    assert excerpt("") == ""


def test_excerpts_are_text_not_markup() -> None:
    assert excerpt("a <b>b</b> &lt;i&gt; `<c>`\n") == "a b <i> <c>"


def test_a_long_excerpt_ends_between_words() -> None:
    assert shorten("one two, three", max_chars=10) == "one two…"
    assert shorten("one two", max_chars=7) == "one two"
    assert shorten("日本語" * 5, max_chars=6) == "日本語日本語…"


@given(text=st.text(), max_chars=st.integers(1, 300))
def test_no_excerpt_is_longer_than_its_limit(text: str, max_chars: int) -> None:
    short = shorten(text, max_chars)
    assert len(short) <= max_chars + 1
    assert "\n" not in short


@given(words=st.lists(st.sampled_from(["a", "bb", "ccc", "<b>"]), max_size=200))
def test_an_excerpt_begins_as_the_text_does(words: list[str]) -> None:
    text = " ".join(words)
    assert text.startswith(shorten(text, MAX_EXCERPT_CHARS).removesuffix("…"))


@pytest.mark.parametrize(
    "text, words",
    [
        ("", 0),
        ("one two", 2),
        ("don't stop-gap it's", 3),
        ("Zoë's naïve 3.14", 3),
        ("日本語 and", 4),
        ("— … !", 0),
    ],
)
def test_words_are_counted(text: str, words: int) -> None:
    assert word_count(text) == words


def test_markup_and_code_are_no_words() -> None:
    text = "# One\n\ntwo [three](/four) <b class='x'>four</b>\n\n```\nfive six\n```\n<p>five</p>\n"
    assert render_markdown(text).words == 5


@pytest.mark.parametrize(
    "text, minutes",
    [
        ("", 1),
        ("a " * 230, 1),
        ("a " * 231, 2),
        ("字" * 1_001, 3),
        ("```\n" + "x\n" * 120 + "```", 2),
    ],
)
def test_reading_takes_minutes(text: str, minutes: int) -> None:
    assert render_markdown(text).reading_time_min == minutes
