"""`blog cache ...` explains what the cache did, and finds what it did wrong."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import update

from blog_core.api import Health, Page, Post, Route, cached_page, depend, hookimpl
from blog_core.testing.services import ValkeyServer
from blog_core.testing.trial import TrialBlog
from tests.plugins.cache.conftest import BlogMaker


@pytest.fixture
def blog(make_blog: BlogMaker, sqlite_url: str) -> TrialBlog:
    return make_blog(sqlite_url)


def run(blog: TrialBlog, *arguments: str, exit_code: int = 0) -> str:
    result = blog.app.test_cli_runner().invoke(args=["blog", "cache", *arguments])
    assert result.exit_code == exit_code, result.output
    return str(result.output)


def read(blog: TrialBlog, path: str, times: int = 1) -> None:
    for _ in range(times):
        blog.client().get(path)


def test_stats_tell_hits_and_misses_by_namespace_and_route(blog: TrialBlog) -> None:
    blog.post("Hello")
    read(blog, "/posts/hello", 5)
    read(blog, "/posts/nothing", 2)
    blog.client().get("/posts/hello", headers={"Authorization": "Bearer x"})
    found = json.loads(run(blog, "stats", "--json"))
    page = found["namespaces"]["page"]
    assert page["hits"] == {"memory": 1, "before Flask": 3}
    assert page["misses"] == {"cold": 2}
    assert page["stores"] == {"stored": 1}
    assert page["entries"] == 1
    assert page["bytes"] > 1_000
    assert page["saved_s"] > 0
    assert found["namespaces"]["missing"]["hits"] == {"memory": 1}
    assert found["routes"]["post"] == {
        "stored": 2,
        "hit": 1,
        "ready": 3,
        "missing": 1,
        "authorization": 1,
    }
    text = run(blog, "stats")
    assert "page: 1 entries" in text
    assert "hits       66.7%: 1 memory, 3 before Flask" in text


def test_why_tells_what_is_kept_and_on_what_it_depends(blog: TrialBlog) -> None:
    blog.post("Hello")
    read(blog, "/posts/hello")
    found = run(blog, "why", "/posts/hello")
    assert "address    http://localhost/posts/hello\nroute      post\n" in found
    assert "kept       in this process:" in found
    assert "kept       in this host:" in found
    assert " post:1\n" in found
    assert "gets an answer of status 200: it came from the cache\n" in found


def test_why_tells_what_ended_an_entry(blog: TrialBlog) -> None:
    blog.post("Hello")
    read(blog, "/posts/hello")
    with blog.site.transaction(blog.account()) as session:
        session.execute(update(Post).values(words=7))
    found = run(blog, "why", "http://localhost/posts/hello")
    assert "invalidated" in found
    assert "moved post:1" in found
    assert "ended      0." in found
    assert "status 200: it was made just now and is kept from now on\n" in found
    assert "           it depends on " in found


@pytest.mark.parametrize(
    "url, reason",
    [
        ("/admin/", "its route declares that answers are never kept"),
        ("/?utm=1", "its query holds what the route does not declare"),
        ("/?page=1&page=2", "its query"),
        ("/sitemap-x.xml/y/z", ""),
    ],
)
def test_why_tells_why_an_address_is_never_kept(blog: TrialBlog, url: str, reason: str) -> None:
    assert reason in run(blog, "why", url)


def test_why_tells_that_an_address_leads_nowhere(blog: TrialBlog) -> None:
    read(blog, "/posts/nothing")
    found = run(blog, "why", "/posts/nothing")
    assert "status 404: the cache knows that the address leads nowhere\n" in found


def test_why_answers_in_sentences(blog: TrialBlog) -> None:
    blog.post("Hello")
    assert (
        "now        a stranger gets an answer of status 404: "
        "it was made just now and is kept from now on\n"
    ) in run(blog, "why", "/posts/nothing")
    read(blog, "/posts/hello", 3)
    assert (
        "now        a stranger gets an answer of status 200: "
        "it came from the cache, before Flask was asked\n"
    ) in run(blog, "why", "/posts/hello")


def test_why_says_which_host_was_assumed_where_nothing_is_kept(blog: TrialBlog) -> None:
    blog.post("Hello")
    assumed = "the host localhost was assumed; for another one, give the whole address"
    assert assumed not in run(blog, "why", "http://blog.example/posts/hello")
    assert f"kept       nothing\n           {assumed}\n" in run(blog, "why", "/posts/hello")
    assert assumed not in run(blog, "why", "/posts/hello")


@pytest.mark.parametrize(
    "url, fault",
    [
        ("http://[bad", "Invalid IPv6 URL"),
        ("http://[::zz]/", "does not appear to be an IPv4 or IPv6 address"),
        ("http://localhost:99999999/", "Port out of range"),
        ("http://localhost:0/", "its port is 0"),
        ("http://a b/", "its host is 'a b'"),
        ("http://me:word@localhost/", "its host is"),
        ("http://a..b/", "it has characters or a host that no request can carry"),
        ("//localhost/", "its scheme is ''"),
        ("localhost:5000/", "its scheme is 'localhost'"),
        ("/\ud800", "it has characters or a host that no request can carry"),
        ("/?page=\ud800", "it has characters or a host that no request can carry"),
        ("http://\ud800/", "its host is"),
    ],
    ids=ascii,
)
def test_why_says_in_words_what_is_no_address(blog: TrialBlog, url: str, fault: str) -> None:
    found = run(blog, "why", url)
    assert "never kept because it is no address (" in found
    assert fault in found
    assert "give a path such as /posts/a-title, or an address that begins with http://" in found


@pytest.mark.parametrize("tag", ["", " "])
def test_clear_refuses_an_empty_tag(blog: TrialBlog, tag: str) -> None:
    found = run(blog, "clear", "--tag", "post:1", "--tag", tag, exit_code=2)
    assert "a tag is empty; name one such as post:7, or leave --tag out" in found


def test_clear_takes_any_text_as_a_tag(blog: TrialBlog) -> None:
    found = run(blog, "clear", "--tag", "\ud800", "--tag", "posts")
    assert found == (
        "Entries with \\ud800 or posts are invalid now and will be made again "
        "when they are asked for.\n"
    )


def test_clear_makes_everything_or_what_has_a_tag_anew(blog: TrialBlog) -> None:
    blog.post("Hello")
    blog.post("Other")
    for path in ("/posts/hello", "/posts/other"):
        read(blog, path, 3)
    run(blog, "clear", "--tag", "post:1")
    assert "stored" in blog.client().get("/posts/hello").headers["Cache-Status"]
    assert "hit" in blog.client().get("/posts/other").headers["Cache-Status"]
    run(blog, "clear")
    assert "stored" in blog.client().get("/posts/other").headers["Cache-Status"]


def test_verify_finds_right_pages_right(blog: TrialBlog) -> None:
    blog.post("Hello")
    for path in ("/", "/posts/hello", "/feed.atom"):
        read(blog, path)
    assert run(blog, "verify") == "3 pages compared, 0 differ.\n"


class Forgetful:
    """A plugin whose page shows more than it names."""

    name = "forgetful"
    number = 1

    @hookimpl
    def blog_contribute(self, contribute: Any) -> None:
        contribute.routes(
            Route(
                "forgetful_page",
                "/forgetful",
                self.page,
                permission="public",
                cache=cached_page(),
            )
        )

    def page(self) -> Page:
        depend("something:else")
        return Page(f"There are {self.number} words.")


@pytest.fixture
def forgetful(make_blog: BlogMaker, sqlite_url: str) -> Iterator[TrialBlog]:
    yield make_blog(sqlite_url, plugins=["cache", Forgetful()])
    Forgetful.number = 1


def test_verify_shows_the_first_differing_byte_and_the_dependency_that_was_missed(
    forgetful: TrialBlog,
) -> None:
    forgetful.post("Hello")
    read(forgetful, "/forgetful")
    with forgetful.site.transaction(forgetful.account()) as session:
        session.execute(update(Post).values(words=2))
    Forgetful.number = 2
    found = run(forgetful, "verify", exit_code=1)
    assert "http://localhost/forgetful differs from byte 10 on" in found
    assert "There are 1 words." in found
    assert "There are 2 words." in found
    assert "touched since, and not depended on: post:1" in found
    assert "1 pages compared, 1 differ." in found


def test_with_another_provider_the_commands_say_what_to_enable(
    make_blog: BlogMaker, sqlite_url: str
) -> None:
    class Other:
        name = "other"

        @hookimpl
        def blog_cache(self, setup: Any) -> Any:
            from blog_core.defaults.no_cache import NoCache

            return NoCache()

    blog = make_blog(sqlite_url, plugins=[Other()])
    result = blog.app.test_cli_runner().invoke(args=["blog", "cache", "stats"])
    assert result.exit_code != 0


def redis_health(blog: TrialBlog) -> Health:
    (found,) = [one for one in blog.site.host.health(blog.site) if one.text.startswith("Redis")]
    return found


def test_health_tells_of_redis(make_blog: BlogMaker, sqlite_url: str) -> None:
    with ValkeyServer.start() as valkey:
        blog = make_blog(sqlite_url, cache={"redis_url": valkey.url})
        read(blog, "/")
        time.sleep(0.2)
        found = redis_health(blog)
        assert (found.status, found.text[:13]) == ("ok", "Redis answers")
    found = redis_health(blog)
    assert (found.status, found.text[:21]) == ("degraded", "Redis does not answer")
