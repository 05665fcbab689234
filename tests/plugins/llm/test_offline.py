"""What needs no model: an excerpt, keywords and readability, under their true names."""

from hypothesis import given
from hypothesis import strategies as st

from plugins.llm.offline import first_sentences, keywords, plain_text, readability

POST = """# Caching with tags

Dr. Ann Lee keeps cache tags simple. A *cache tag* names what a page was made of, e.g. a post.

```python
secret = "not a word of this"
```

- Cache tags move stamps.
- Stamps are compared at each hit.

When a post changes, its cache tags move their stamps, and every page that was made of it ends.
"""


def test_an_excerpt_is_the_first_sentences_that_fit():
    assert first_sentences(POST, 60) == "Dr. Ann Lee keeps cache tags simple."
    assert first_sentences(POST).endswith("what a page was made of, e.g. a post.")
    assert first_sentences("# Only a heading") == ""


def test_a_first_sentence_that_is_too_long_is_cut_between_words():
    assert first_sentences("word " * 100, 20) == "word word word…"


@given(st.text(alphabet="ab .!?\n*#`-é", max_size=300), st.integers(20, 280))
def test_an_excerpt_never_passes_its_limit(text, max_chars):
    assert len(first_sentences(text, max_chars)) <= max_chars


def test_keywords_are_the_subjects_of_the_text():
    found = keywords(POST)
    assert found[0] == "cache tags"
    assert not any("secret" in one for one in found)
    assert keywords(POST) == found
    assert keywords("Yes.") == ()


def test_readability_tells_figures_and_the_sentences_to_look_at():
    long = "This sentence " + "goes on and " * 12 + "ends."
    found = readability(f"{POST}\n{long}")
    assert found.sentences == 4
    assert found.long_sentences == (long,)
    assert found.grade in {"easy", "medium", "very easy", "hard"}
    assert readability("```\ncode\n```").grade == "no sentences"


def test_plain_text_leaves_code_out_and_keeps_items_and_headings():
    assert plain_text("# H\n\n- a *b*\n- c\n\n```\ncode\n```\n") == ("H", "a b", "c")
