"""What a hostile request can do to others through the cache: nothing."""

import random
from typing import Any

import pytest

from blog_core.api import Page, Route, cached_page, depend, hookimpl
from blog_core.testing.trial import TrialBlog
from plugins.cache.pages import kept_pages
from tests.plugins.cache.conftest import BlogMaker

CANARY = "canary-7f3a"
PATHS = ("/", "/posts/hello", "/tags", "/archive", "/feed.atom", "/sitemap.xml", "/robots.txt")
HEADERS = (
    "X-Forwarded-Host", "X-Host", "X-Forwarded-Server", "X-Forwarded-Proto", "X-Forwarded-Scheme",
    "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-For", "X-Original-URL", "X-Rewrite-URL",
    "X-Original-Host", "Forwarded", "X-HTTP-Method-Override", "X-Method-Override", "Via",
    "X-Real-IP", "True-Client-IP", "X-Wap-Profile", "Profile", "X-Requested-With", "Origin",
    "Referer", "User-Agent", "Accept-Language", "Accept", "Accept-Charset", "Range", "If-Range",
    "If-Modified-Since", "X-Forwarded-Path", "X-Script-Name", "Script-Name", "X-Scheme", "TE",
    "X-Custom", "Transfer-Encoding", "Upgrade", "Max-Forwards", "Expect", "Pragma",
)  # fmt: skip


@pytest.fixture
def blog(make_blog: BlogMaker, sqlite_url: str) -> TrialBlog:
    blog = make_blog(sqlite_url)
    blog.post("Hello")
    return blog


def clear(blog: TrialBlog) -> None:
    from blog_core.api import ALL

    blog.site.ports.cache.invalidate(ALL)


@pytest.mark.parametrize("path", PATHS)
def test_no_header_leaves_anything_in_a_page_for_others(blog: TrialBlog, path: str) -> None:
    clean = blog.client().get(path)
    for header in HEADERS:
        for value in (CANARY, f"{CANARY}.example", f"http://{CANARY}.example/", "https", "0"):
            clear(blog)
            blog.app.test_client(use_cookies=False).get(path, headers={header: value})
            for _ in range(2):
                answer = blog.client().get(path)
                assert (answer.status_code, answer.data) == (200, clean.data), (header, value)
                assert CANARY not in str(answer.headers)


@pytest.mark.parametrize("path", PATHS)
def test_another_host_name_makes_a_page_of_its_own(blog: TrialBlog, path: str) -> None:
    blog.client().get(path, base_url=f"http://{CANARY}.example")
    for _ in range(3):
        assert CANARY not in blog.client().get(path).text


def test_queries_without_end_make_no_entry_without_end(blog: TrialBlog) -> None:
    cache: Any = blog.site.ports.cache
    blog.client().get("/")
    before = len(cache.inner.memory.items)
    for number in range(300):
        blog.client().get(f"/?x={number}")
        blog.client().get(f"/posts/hello?page={number}")
        blog.client().get(f"/;x={number}")
        blog.client().get(f"/?page=1&page={number}")
    kinds = {item.part.name for item in list(cache.inner.memory.items.values())[before:]}
    assert kinds <= {"missing"}


def test_addresses_that_lead_nowhere_push_no_page_out(
    make_blog: BlogMaker, sqlite_url: str
) -> None:
    blog = make_blog(sqlite_url, cache={"max_bytes": 1024 * 1024, "shared_bytes": 0})
    for number in range(10):
        blog.post(f"Post {number}")
    for number in range(10):
        blog.client().get(f"/posts/post-{number}")
    for number in range(1_500):
        blog.client().get(f"/posts/nothing-{number}")
    cache: Any = blog.site.ports.cache
    assert cache.inner.memory.bytes <= 1024 * 1024
    statuses = [
        blog.client().get(f"/posts/post-{number}").headers["Cache-Status"] for number in range(10)
    ]
    assert statuses == ["blog; hit"] * 10


def test_what_only_editors_may_see_is_in_no_kept_page(blog: TrialBlog) -> None:
    draft = blog.post(f"Draft {CANARY}", f"Body {CANARY}", published=False)
    editor, random_ = blog.signed_in("editor"), random.Random(5)
    routes = [
        rule.rule
        for rule in blog.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and "<" not in rule.rule
    ]
    paths = [*routes, f"/admin/posts/{draft}", f"/admin/posts/{draft}/preview", *PATHS]
    paths.append("/posts/draft-canary-7f3a")
    for _ in range(300):
        path = random_.choice(paths)
        if random_.random() < 0.5:
            editor.get(path)
            continue
        answer = blog.client().get(path)
        assert CANARY not in answer.text
        if "hit" in answer.headers.get("Cache-Status", ""):
            assert "Set-Cookie" not in answer.headers
    cache: Any = blog.site.ports.cache
    pages = list(kept_pages(cache.inner))
    assert len(pages) > 3
    for kept in pages:
        assert CANARY not in kept.page.representations[-1].body.decode()
        assert "set-cookie" not in {name.lower() for name, _ in kept.page.headers}


@pytest.mark.parametrize(
    "suffix", ["/x.css", ";x.css", "%2fx.css", "%3bx.js", "/..%2fx.css", ".css"]
)
def test_a_private_page_under_a_public_looking_address_is_kept_by_nobody(
    blog: TrialBlog, suffix: str
) -> None:
    for path in ("/admin/", "/admin/account"):
        answer = blog.signed_in("editor").get(path + suffix)
        assert "hit" not in answer.headers.get("Cache-Status", "")
        assert answer.headers["Cache-Control"] in {"private, no-store", "public, no-cache"}
        assert "Editor" not in blog.client().get(path + suffix).text


def test_a_cdn_gets_tags_of_any_text(make_blog: BlogMaker, sqlite_url: str) -> None:
    class Odd:
        name = "odd"

        @hookimpl
        def blog_contribute(self, contribute: Any) -> None:
            contribute.routes(
                Route("odd_page", "/odd", self.page, permission="public", cache=cached_page())
            )

        def page(self) -> Page:
            depend("menu:a b", "menu:日", "menu:\ud800\r\n", "post:7")
            return Page("odd")

    blog = make_blog(sqlite_url, plugins=["cache", Odd()], cache={"cdn_ttl_s": 600})
    for _ in range(2):
        answer = blog.client().get("/odd")
        assert answer.status_code == 200
        tags = answer.headers["Surrogate-Key"].split()
        assert tags == ["menu:%5Cud800%5Cr%5Cn", "menu:a%20b", "menu:%E6%97%A5", "post:7"]


def test_a_cdn_gets_the_tags_to_purge_by(make_blog: BlogMaker, sqlite_url: str) -> None:
    blog = make_blog(sqlite_url, cache={"cdn_ttl_s": 600, "cdn_tag_header": "Cache-Tag"})
    blog.post("Hello")
    for _ in range(3):
        answer = blog.client().get("/posts/hello")
        assert "s-maxage=600" in answer.headers["Cache-Control"]
        assert "post:1" in answer.headers["Cache-Tag"].split()
    private = blog.signed_in("editor").get("/posts/hello")
    assert private.headers["Cache-Control"] == "private, no-store"
    assert "Cache-Tag" not in private.headers
    fixed = blog.client().get("/robots.txt")
    assert "s-maxage=600" in fixed.headers["Cache-Control"]
    assert "Cache-Tag" not in fixed.headers
