"""The cache in the admin: what the commands tell, for people in a browser."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlalchemy import update

from blog_core.api import Page, Post, Route, cached_page, hookimpl
from blog_core.testing.trial import TrialBlog
from tests.plugins.cache.conftest import BlogMaker

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def blog(make_blog: BlogMaker, sqlite_url: str) -> TrialBlog:
    return make_blog(sqlite_url)


def words_of(answer: Any) -> str:
    """The page's text in one line, without markup."""
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def press(admin: Any, path: str, **fields: str) -> Any:
    page = admin.get("/admin/cache").get_data(as_text=True)
    found = re.search(r'name="form_token" value="([^"]+)"', page)
    assert found
    return admin.post(path, data={"form_token": found[1], **fields}, headers=SAME_ORIGIN)


def test_the_page_shows_what_was_hit_and_missed(blog: TrialBlog) -> None:
    blog.post("Hello")
    for _ in range(5):
        blog.client().get("/posts/hello")
    shown = words_of(blog.signed_in("admin").get("/admin/cache"))
    assert "page 80.0% 1 memory, 3 before Flask 1 cold" in shown
    assert "post 1 stored, 1 hit, 3 ready" in shown


def test_it_explains_an_address_and_what_ended_it(blog: TrialBlog) -> None:
    blog.post("Hello")
    blog.client().get("/posts/hello")
    with blog.site.transaction(blog.account()) as session:
        session.execute(update(Post).values(words=7))
    shown = words_of(blog.signed_in("admin").get("/admin/cache?url=/posts/hello"))
    assert "Route post" in shown
    assert "invalidated, stored" in shown
    assert "post:1 (moved)" in shown
    assert "status 200: it was made just now and is kept from now on" in shown
    never = words_of(blog.signed_in("admin").get("/admin/cache?url=/admin/"))
    assert "Never kept because" in never


@pytest.mark.parametrize("url", ["http://[bad", "http://localhost:99999999/"])
def test_it_says_in_words_what_is_no_address(blog: TrialBlog, url: str) -> None:
    shown = words_of(blog.signed_in("admin").get("/admin/cache", query_string={"url": url}))
    assert "Never kept because it is no address (" in shown


def test_it_says_which_host_was_assumed_where_nothing_is_kept(blog: TrialBlog) -> None:
    shown = words_of(blog.signed_in("admin").get("/admin/cache?url=/posts/hello"))
    assert "nothing was kept before this question; the host localhost was assumed" in shown


def test_clearing_makes_pages_anew_all_or_those_with_a_tag(blog: TrialBlog) -> None:
    blog.post("Hello")
    admin = blog.signed_in("admin")
    for tag, state in (("post:99", "hit"), ("post:1", "miss"), ("", "miss")):
        blog.client().get("/posts/hello")
        answer = press(admin, "/admin/cache/clear", tag=tag)
        assert answer.status_code == 303
        assert "invalid now" in words_of(admin.get(answer.headers["Location"]))
        assert state in blog.client().get("/posts/hello").headers["Cache-Status"]


def test_comparing_names_a_page_that_is_wrong(make_blog: BlogMaker, sqlite_url: str) -> None:
    shown = ["old <b>"]

    class Forgetful:
        name = "forgetful"

        @hookimpl
        def blog_contribute(self, contribute: Any) -> None:
            contribute.routes(
                Route(
                    endpoint="forgetful_page",
                    rule="/forgetful",
                    view=lambda: Page(f"<p>{shown[0]}</p>"),
                    permission="public",
                    cache=cached_page(),
                )
            )

    blog = make_blog(sqlite_url, plugins=["cache", Forgetful()])
    admin = blog.signed_in("admin")
    blog.client().get("/forgetful")
    assert "1 pages compared, 0 differ" in words_of(press(admin, "/admin/cache/compare"))
    shown[0] = "new"
    found = words_of(press(admin, "/admin/cache/compare"))
    assert "1 pages compared, 1 differ" in found
    assert "&lt;p&gt;old &lt;b&gt;" in found


def test_only_those_who_may_see_internals_get_in(blog: TrialBlog) -> None:
    assert blog.signed_in("editor").get("/admin/cache").status_code == 403
    assert "/admin/cache" not in blog.signed_in("editor").get("/admin/").get_data(as_text=True)
    assert ">Cache</a>" in blog.signed_in("admin").get("/admin/").get_data(as_text=True)


@pytest.mark.parametrize("query", ["said=nonsense", f"url={'x' * 2001}"])
def test_a_wrong_parameter_is_named(blog: TrialBlog, query: str) -> None:
    answer = blog.signed_in("admin").get(f"/admin/cache?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.get_data(as_text=True)


def test_the_editor_is_told_which_pages_will_change(blog: TrialBlog) -> None:
    draft = blog.post("Second", published=False)
    blog.client().get("/")
    page = blog.signed_in("editor").get(f"/admin/posts/{draft}/edit").get_data(as_text=True)
    assert "Pages that will change" in page
    assert '<a href="http://localhost/">http://localhost/</a>' in page


@pytest.mark.parametrize("width, scheme", [(390, "dark"), (1280, "light")])
def test_the_page_is_for_everybody(
    blog: TrialBlog, browser: Browser, serve: Any, width: int, scheme: Any
) -> None:
    blog.post("Hello")
    blog.client().get("/posts/hello")
    session = blog.signed_in("admin")
    cookie = session.get_cookie("blog_session")
    assert cookie
    address = serve(blog.app)
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=address
    )
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    page = context.new_page()
    page.goto("/admin/cache?url=/posts/hello")
    assert page.get_by_role("heading", name="Cache", exact=True).is_visible()
    page.get_by_text("Site", exact=True).click()
    assert page.get_by_role("link", name="Cache").is_visible()
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
