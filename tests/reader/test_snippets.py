"""The part of a post that a search shows: around the word, with all its forms marked."""

from blog_core.reader.snippets import SNIPPET_CHARS, root_of, snippet
from blog_core.rendering import render_markdown


def shown(body: str, *words: str) -> str:
    """The snippet with its marks as square brackets."""
    pieces = snippet(render_markdown(body).html, words, otherwise="The excerpt.")
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in pieces)


def test_all_forms_of_a_word_are_marked() -> None:
    assert shown("It caches what was *cached*, by Caching.", "cache") == (
        "It [caches] what was [cached], by [Caching]."
    )


def test_accents_do_not_matter() -> None:
    assert shown("A café & a crème.", "CAFE", "creme") == "A [café] & a [crème]."


def test_a_short_word_marks_no_longer_ones() -> None:
    assert shown("An ant on an anthill.", "an") == "[An] ant on [an] anthill."


def test_the_part_begins_a_little_before_the_first_match() -> None:
    text = shown(f"{'before ' * 40} needle {'behind ' * 80}", "needle")
    assert text.startswith("… before")
    assert text.endswith("behind…")
    assert "[needle]" in text
    assert len(text) <= SNIPPET_CHARS + 10


def test_a_post_found_by_its_title_shows_its_excerpt() -> None:
    assert shown("Nothing of the kind.", "bread") == "The excerpt."


def test_markup_of_a_text_stays_text() -> None:
    assert shown("`<b>bread</b>` and more", "bread") == "<b>[bread]</b> and more"


def test_endings_are_taken_off_longer_words_only() -> None:
    assert [root_of(word) for word in ("Baking", "is", "Stories", "sing")] == [
        *("bak", "is", "stor", "sing")
    ]
