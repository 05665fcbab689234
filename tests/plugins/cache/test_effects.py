"""Before publishing, the editor sees which kept pages will change."""

import pytest
from jinja2 import Environment, FileSystemLoader

from blog_core.content.publishing import publish
from blog_core.testing.trial import TrialBlog
from plugins.cache.effects import effects, effects_panel
from tests.plugins.cache.conftest import BlogMaker


@pytest.fixture
def blog(make_blog: BlogMaker, sqlite_url: str) -> TrialBlog:
    return make_blog(sqlite_url)


def test_pages_that_will_change_are_exactly_those_that_then_are_made_anew(blog: TrialBlog) -> None:
    blog.post("First")
    draft = blog.post("Second", published=False)
    for path in ("/", "/feed.atom", "/archive", "/posts/first", "/robots.txt"):
        blog.client().get(path)
    foreseen = {url.removeprefix("http://localhost") for url in effects(blog.site, draft).urls}
    with blog.site.transaction(blog.account()) as session:
        publish(session, post_id=draft, version=None)
    made_anew = {
        path
        for path in ("/", "/feed.atom", "/archive", "/posts/first", "/robots.txt")
        if "miss" in blog.client().get(path).headers["Cache-Status"]
    }
    assert made_anew == foreseen
    # The first post gets a newer neighbour.
    assert {"/", "/feed.atom", "/posts/first"} <= foreseen
    assert "/robots.txt" not in foreseen


def test_the_panel_shows_them(blog: TrialBlog) -> None:
    draft = blog.post("Second", published=False)
    folders = blog.site.host.contributions.templates
    panel = Environment(loader=FileSystemLoader(folders), autoescape=True).get_template(
        "cache/effects.html"
    )
    assert "No page that is kept now" in panel.render(effects_panel(blog.site, draft))
    blog.client().get("/")
    shown = panel.render(effects_panel(blog.site, draft))
    assert '<a href="http://localhost/">http://localhost/</a>' in shown
