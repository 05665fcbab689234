"""What strangers get, and above all what they do not get."""

from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest

from blog_core.changes import collecting
from blog_core.content import reading
from blog_core.content.addresses import change_slug
from blog_core.content.redirects import add_redirect
from blog_core.reader import searching
from tests.flows.world import World

SECRET = "canary-7d1f"
"""Stands in the title of everything that must not be seen."""


@pytest.fixture
def author(world: World) -> Any:
    return world.account("author")


def everywhere(world: World) -> str:
    """The text of every page and document that a stranger can find."""
    paths = ["/", "/tags", "/archive", "/feed.atom", "/sitemap.xml", "/sitemap-1.xml"]
    paths += [
        "/tags/shown",
        "/tags/shown/feed.atom",
        "/authors/author",
        "/authors/author/feed.atom",
        "/authors/author/feed.rss",
        "/tags/shown/feed.rss",
        "/feed.rss",
        "/search?q=secret",
        "/posts/in-the-open",
    ]
    paths += ["/archive/2026-11", "/robots.txt"]
    return "\n".join(f"{path}\n{world.get(path).get_data(as_text=True)}" for path in paths)


def test_a_published_post_is_found_in_every_list(world: World, author: Any):
    world.post(author, "Bread and butter", tags=("Shown",))
    assert world.get("/posts/bread-and-butter").status_code == 200
    for path in ("/", "/tags/shown", "/authors/author", "/archive/2026-11", "/feed.atom"):
        assert "Bread and butter" in world.get(path).get_data(as_text=True), path
    assert "/posts/bread-and-butter" in world.get("/sitemap-1.xml").get_data(as_text=True)


@pytest.mark.parametrize("state", ["draft", "scheduled", "hidden", "archived"])
def test_what_is_not_public_is_found_nowhere(world: World, author: Any, state: str):
    from blog_core.content import publishing

    world.post(author, "In the open", tags=("Shown",))
    title = f"Secret {SECRET}"
    if state == "draft":
        world.draft(author, title, tags=("Shown",))
    elif state == "scheduled":
        world.post(author, title, tags=("Shown",), at=world.clock() + timedelta(days=1))
    else:
        post_id = world.post(author, title, tags=("Shown",))
        take_away = {"hidden": publishing.hide, "archived": publishing.archive}[state]
        with world.site.transaction(author) as session:
            take_away(session, post_id=post_id, version=None)
    assert world.get(f"/posts/secret-{SECRET}").status_code == 404
    assert SECRET not in everywhere(world)
    assert '<span class="count">1</span>' in world.get("/tags").get_data(as_text=True)
    assert "1 post<" in world.get("/archive").get_data(as_text=True)


def test_a_scheduled_post_comes_out_by_itself(world: World, author: Any):
    world.post(author, "Tomorrow", at=world.clock() + timedelta(hours=1))
    assert world.get("/posts/tomorrow").status_code == 404
    world.clock.forward(hours=2)
    assert world.get("/posts/tomorrow").status_code == 200
    assert "Tomorrow" in world.get("/").get_data(as_text=True)


def test_an_old_slug_leads_to_the_new_one(world: World, author: Any):
    post_id = world.post(author, "Old name")
    with world.site.transaction(author) as session:
        change_slug(session, post_id=post_id, version=None, slug="new-name")
    answer = world.get("/posts/old-name")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/posts/new-name")


def test_every_page_stays_within_its_budget_of_statements(world: World, author: Any):
    post_id = world.post(author, "Counted", tags=("Shown", "Other"))
    world.comment(post_id, "Well said.")
    paths = {
        "home": "/",
        "post": "/posts/counted",
        "tag": "/tags/shown",
        "author": "/authors/author",
        "month": "/archive/2026-11",
        "tags": "/tags",
        "archive": "/archive",
        "feed": "/feed.atom",
        "tag_feed": "/tags/shown/feed.atom",
        "author_feed": "/authors/author/feed.atom",
        "rss": "/feed.rss",
        "tag_rss": "/tags/shown/feed.rss",
        "author_rss": "/authors/author/feed.rss",
        "sitemap": "/sitemap.xml",
        "sitemap_part": "/sitemap-1.xml",
        "robots": "/robots.txt",
    }
    for endpoint, path in paths.items():
        with world.statements() as sent:
            assert world.get(path).status_code == 200, path
        # What finds something needs one; the budget leaves room for what finds nothing.
        assert len(sent) == {"robots": 0, "post": 2}.get(endpoint, 1), (endpoint, sent)
        assert len(sent) <= (world.site.routes[endpoint].statements or 0), endpoint


def test_pages_are_walked_by_keyset_from_end_to_end(world: World, author: Any):
    import re

    for number in range(25):
        world.clock.forward(minutes=1)
        world.post(author, f"Post number {number:02}")
    path, seen = "/", []
    while path:
        html = world.get(path).get_data(as_text=True)
        seen += re.findall(r"<h2><a [^>]*>Post number (\d\d)</a></h2>", html)
        older = re.search(r'rel="next" href="([^"]+)"', html)
        path = older[1] if older else ""
    assert seen == [f"{number:02}" for number in reversed(range(25))]


def test_a_place_in_a_list_that_is_none_is_refused_with_what_to_do(world: World):
    answer = world.get("/?page=garbage")
    assert answer.status_code == 400
    assert "no place in a list" in answer.get_data(as_text=True)


def test_pages_carry_no_cookie_and_a_strict_policy(world: World, author: Any):
    world.post(author, "Plain")
    answer = world.get("/posts/plain")
    assert "Set-Cookie" not in answer.headers
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "public, no-cache"
    again = world.get("/posts/plain", **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_missing_page_says_so_kindly_and_in_the_theme(world: World):
    answer = world.get("/no/such/page")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.get_data(as_text=True)


def test_comments_are_shown_once_they_are_approved(world: World, author: Any):
    post_id = world.post(author, "Discussed")
    world.comment(post_id, "I disagree, **politely**.")
    html = world.get("/posts/discussed").get_data(as_text=True)
    assert "<strong>politely</strong>" in html
    assert 'id="comment-1"' in html


def test_a_404_of_an_old_address_ends_when_its_post_comes_out(world: World, author: Any):
    at = world.clock() + timedelta(seconds=100)
    post_id = world.post(author, "Early name", at=at)
    with world.site.transaction(author) as session:
        change_slug(session, post_id=post_id, version=None, slug="late-name")
    with world.site.activate(), collecting() as collected:
        assert reading.moved(world.site, "/posts/early-name") is None
    assert collected.not_after == at
    world.clock.forward(seconds=101)
    assert world.get("/posts/early-name").status_code == 301


def test_an_old_address_is_found_with_and_without_the_slash_at_its_end(world: World, author: Any):
    post_id = world.post(author, "Kept")
    with world.site.transaction() as session:
        add_redirect(session, path="/2014/03/kept/", post_id=post_id)
    for path in ("/2014/03/kept/", "/2014/03/kept"):
        assert world.get(path).headers["Location"] == "/posts/kept", path


def test_a_post_leads_to_its_neighbours_and_its_kin(world: World, author: Any):
    for title, tags in (
        ("First", ("Rare", "Common")),
        ("Second", ("Common",)),
        ("Third", ("Rare", "Common")),
        ("Fourth", ("Other",)),
    ):
        world.clock.forward(minutes=1)
        world.post(author, title, tags=tags)
    world.post(author, "To come", tags=("Rare",), at=world.clock() + timedelta(days=1))
    with collecting():
        found = reading.post(world.site, "first")
    assert [post["slug"] for post in found["newer"]] == ["second"]
    assert found["older"] == []
    # The third one shares two tags, the second one only one.
    assert [post["slug"] for post in found["related"]] == ["third", "second"]
    html = world.get("/posts/third").get_data(as_text=True)
    assert '<a rel="prev" href="/posts/second">' in html
    assert '<a rel="next" href="/posts/fourth">' in html
    assert '<li><a href="/posts/first">First</a></li>' in html
    assert "related" not in world.get("/posts/fourth").get_data(as_text=True)


def test_the_search_finds_marks_and_keeps_no_index_of_itself(world: World, author: Any):
    world.post(author, "On bread", body="A long way to *baking*: flour, water & time.")
    answer = world.get("/search?q=bake")
    html = answer.get_data(as_text=True)
    assert "One post found." in html
    assert "A long way to <mark>baking</mark>: flour, water &amp; time." in html
    assert '<meta name="robots" content="noindex">' in html
    assert "Nothing was found." in world.get("/search?q=nothing").get_data(as_text=True)
    assert world.get("/search").status_code == 200


def test_any_text_may_be_looked_for_and_comes_back_as_text(world: World):
    for text in ('"', "<script>alert(1)</script>", "🍞", "%00", "x" * 10_000, "-a OR* (b", "%ff"):
        answer = world.client().get("/search", query_string={"q": text})
        assert answer.status_code == 200, text
        assert "<script>alert" not in answer.get_data(as_text=True)
    assert world.get("/search?q=a&page=0").status_code == 400
    assert world.get("/search?q=a&page=51").status_code == 400


def test_feeds_as_rss_say_what_the_atom_feeds_say(world: World, author: Any):
    from xml.etree import ElementTree as ET

    world.post(author, "Bread & butter", tags=("Shown",))
    for path in ("/feed", "/tags/shown/feed", "/authors/author/feed"):
        answer = world.get(f"{path}.rss")
        assert answer.mimetype == "application/rss+xml"
        (item,) = ET.fromstring(answer.data).iter("item")
        assert item.findtext("title") == "Bread & butter"
        assert item.findtext("pubDate") == "Tue, 24 Nov 2026 12:00:00 +0000"
    listed = world.get("/tags/shown").get_data(as_text=True)
    assert 'type="application/rss+xml" href="/tags/shown/feed.rss"' in listed
    assert 'type="application/rss+xml" href="/feed.rss"' in listed


def test_searches_leave_threads_to_readers(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(searching, "_WAIT_S", 0.01)
    searches = world.site.routes["search"].view.__self__  # type: ignore[attr-defined]
    with ExitStack() as others:
        for _ in range(searching.AT_ONCE):
            others.enter_context(searches._turn())  # noqa: SLF001
        refused = world.get("/search?q=bread")
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
    assert world.get("/search?q=bread").status_code == 200
