"""The search finds what stands in published posts, on every road of writing, and nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from blog_core.changes import bulk
from blog_core.content.check import check
from blog_core.content.posts import delete_post
from blog_core.content.publishing import publish, unpublish
from blog_core.content.search import search
from blog_core.content.search_words import MAX_WORDS, wanted
from blog_core.site import SYSTEM


@pytest.fixture
def find(site):
    """`find("words")` gives the titles found, the best first."""
    return lambda words, **more: [
        row["title"] for row in search(site, words, **{"limit": 10, **more}).rows
    ]


@pytest.fixture
def blog(site, published, people):
    """Three posts, the newest last."""
    for days, (title, body) in enumerate(
        [
            ("Bread", "How to bake bread with **sourdough** and a café crème."),
            ("On caching", "Pages are *cached* below Flask."),
            ("A third one", "The caches of bread. See https://example.org/oven for node.js."),
        ]
    ):
        at = site.clock() - timedelta(days=9 - days)
        published(people.author, title=title, body=body, at=at)
    return site


FOUND = {
    "bread": ["Bread", "A third one"],  # a title counts more than being newer
    "BREAD sourdough": ["Bread"],
    "cache": ["On caching", "A third one"],  # all forms of a word
    "cafe creme": ["Bread"],
    "CAFÉ": ["Bread"],
    '"bake bread"': ["Bread"],
    '"bread bake"': [],
    "node.js": ["A third one"],
    "oven": ["A third one"],
    "a third one": ["A third one"],
    "nothing like it": [],
    "bread zebra": [],
}


def test_posts_are_found_by_their_words(blog, find):
    assert {words: find(words) for words in FOUND} == FOUND


ODD = [
    *("", "   ", '"', '""', '"""', "'", "*", "-", "--", "()", ")(", "^", ":", "\\", "%", "_", ";"),
    *(
        "AND",
        "OR",
        "NOT",
        "NEAR(a, b)",
        "title:bread",
        "-bread*",
        "{title} : x",
        "a:*",
        "!a",
        "a|b",
    ),
    *(
        "<->",
        "& |",
        "'; DROP TABLE post; --",
        "\x00",
        "a\x00b",
        "\ud7ff",
        "🍞",
        "👩‍👩‍👧",
        "é" * 500,
    ),
    *("x" * 10_000, "a " * 5_000, '"' * 9_999, "\u0301", "हिन्दी", "日本語", "ﷺ" * 300, "1e5 -3.14"),
    *("½", "²", "x\u0301", "ⓐ", "a/b:c@d", "℃", "١٢٣", "ǆ", "ﬀ"),
]


def test_no_text_is_wrong(blog, find):
    for words in ODD:
        find(words)
        assert find(words, page=50) == []


def test_small_words_alone_are_found_in_titles(site, published, people, find):
    published(people.author, title="The Who", body="A band.")
    assert find("the who") == ["The Who"]


def test_only_so_many_words_are_looked_for():
    many = wanted(" ".join(map(str, range(20))))
    assert (len(many.words), many.left_out) == (MAX_WORDS, True)
    assert wanted('one "two three" four').groups == (("one",), ("two", "three"), ("four",))
    assert not wanted('one "two three" four').left_out


def test_drafts_scheduled_and_withdrawn_posts_are_not_found(site, draft, people, find):
    soon = site.clock() + timedelta(hours=1)
    saved = draft(people.author, title="Zebra", body="stripes")
    assert find("zebra") == []
    with site.transaction(people.author) as session:
        publish(session, post_id=saved.post_id, version=1, publish_at=soon)
    assert find("stripes") == []
    site.clock.forward(hours=2)
    assert find("stripes") == ["Zebra"]
    with site.transaction(people.author) as session:
        unpublish(session, post_id=saved.post_id, version=None)
    assert find("stripes") == []
    with site.transaction(people.author) as session:
        publish(session, post_id=saved.post_id, version=None)
        delete_post(session, post_id=saved.post_id, version=None)
    assert find("stripes") == []
    assert check(site, repair=False) == []


YAK = "UPDATE post SET title = 'Yak', excerpt = '', body = 'wool' WHERE id = 1"


def by_raw_sql(site):
    with site.ports.executor.engine.begin() as connection:
        connection.execute(text(YAK))


def in_bulk_mode(site):
    with site.transaction(SYSTEM) as session, bulk(session):
        session.execute(text(YAK))


@pytest.mark.parametrize("write", [by_raw_sql, in_bulk_mode])
def test_every_road_of_writing_changes_what_is_found(blog, find, write):
    write(blog)
    assert find("sourdough") == []
    assert find("wool") == ["Yak"]
    assert check(blog, repair=False) == []


def test_a_later_date_of_publication_moves_the_entry(blog, find):
    with blog.transaction(SYSTEM) as session:
        publish(session, post_id=1, version=None, publish_at=blog.clock())
    assert find("bread") == ["Bread", "A third one"]
    assert find("sourdough") == ["Bread"]
    assert check(blog, repair=False) == []


def test_what_was_lost_is_found_again_after_a_repair(blog, find):
    with blog.transaction(SYSTEM) as session:
        session.execute(text("DELETE FROM post_search"))
    assert check(blog, repair=True)
    assert find("sourdough") == ["Bread"]


def test_pages_follow_each_other(blog, find):
    assert find("bread", limit=1) == ["Bread"]
    assert find("bread", limit=1, page=2) == ["A third one"]
    assert search(blog, "bread", limit=1).total == 2


def test_the_longest_text_can_be_stored_and_found(site, published, people, find):
    published(people.author, title="Long", body=" ".join(f"w{n}" for n in range(130_000)))
    assert find("w77") == ["Long"]


def test_one_statement(blog, ran):
    search(blog, "bread", limit=10)
    assert len(ran) == 1
