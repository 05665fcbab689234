"""Slugs from titles of any kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog_core.slugs import MAX_SLUG_CHARS, free_slug, is_slug, slugify, tag_slug


@pytest.mark.parametrize(
    "title, slug",
    [
        ("Hello, World!", "hello-world"),
        ("Ein schöner Tag in Łódź", "ein-schoner-tag-in-lodz"),
        ("Straße & Æther", "strasse-aether"),
        ("Don’t panic", "dont-panic"),
        ("日本語のタイトル", "日本語のタイトル"),
        ("Привет, мир", "привет-мир"),
        ("  --  ", ""),
        ("½ price ﬁnds", "1-2-price-finds"),
    ],
)
def test_a_title_gives_a_readable_slug(title, slug):
    assert slugify(title) == slug


def test_a_long_title_is_cut_between_words():
    slug = slugify("word " * 40)
    assert len(slug) <= 80
    assert set(slug.split("-")) == {"word"}


@given(st.text(max_size=300))
def test_what_slugify_gives_is_a_slug_and_gives_itself_again(text):
    slug = slugify(text, max_chars=MAX_SLUG_CHARS)
    assert slug == "" or is_slug(slug)


@given(st.text(max_size=100))
def test_a_slug_needs_no_escape_in_a_path(text):
    assert not set(slugify(text)) & set("/?#%\\ \"'<>&.")


def test_c_and_its_relatives_are_three_tags():
    assert {tag_slug("C"), tag_slug("C++"), tag_slug("c#")} == {"c", "c-plus-plus", "c-sharp"}


def test_the_first_free_number_is_taken_with_few_questions():
    taken = {"a", *(f"a-{n}" for n in range(2, 3_000))}
    questions = []

    def taken_of(candidates):
        questions.append(candidates)
        return taken & set(candidates)

    assert free_slug("a", taken_of) == "a-3000"
    assert len(questions) < 12
