"""What needs no model: an excerpt, keywords and readability, under their true names."""

from hypothesis import given
from hypothesis import strategies as st

from plugins.llm.offline import first_sentences, keywords, plain_text, readability
from plugins.llm.offline.actions import OFFLINE_ACTIONS
from tests.plugins.llm.test_pages import Browser

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


def test_the_offline_actions_are_offered_with_no_key_and_do_what_they_say(
    make_llm_blog, sqlite_url
):
    llm_blog = make_llm_blog(sqlite_url, base_url="", api_key="", model="")
    desk = Browser(llm_blog)
    offered = desk.client.get(desk.at).get_json()["offline"]
    assert [one["name"] for one in offered] == list(OFFLINE_ACTIONS)
    path = f"{desk.at}/offline"
    found = desk.post(path, action="first_sentences", body="One. Two.").get_json()
    assert found == {"text": "One. Two.", "field": "excerpt"}
    told = desk.post(path, action="readability", body="A short one. Another short one.").get_json()
    assert told["text"].startswith("6 words in 2 sentences, 3.0 words each; LIX ")
    assert desk.post(path, action="sing", body="x").status_code == 404
    assert llm_blog.site.ports.text.run("keywords", POST, actor=llm_blog.editor).startswith("cache")
