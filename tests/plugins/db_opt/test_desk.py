"""The database in the admin: what the commands tell, and what to do about it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlalchemy import text

from plugins.db_opt import get_db_connection
from tests.flows.world import World
from tests.plugins.db_opt.test_watch import GREEDY


@pytest.fixture
def troubled(make_world: Callable[..., World], database_url: str) -> World:
    """A blog in which much goes wrong."""
    world = make_world(
        database_url,
        plugins=["db_opt", GREEDY],
        db_opt={"slow_s": 0.001, "budget": "warning", "pool_size": 3},
    )
    world.account("admin")
    world.account("editor")
    for path in ("slow", "loop", "two"):
        world.get(f"/greedy/{path}")
    with world.site.activate():
        _kept = get_db_connection()
    with world.site.ports.executor.engine.begin() as connection:
        connection.execute(text("DROP INDEX idx_post_status"))
    return world


def words_of(answer: Any) -> str:
    """The page's text in one line, without markup."""
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def test_it_says_what_to_do_and_shows_the_reasons(troubled: World):
    shown = words_of(troubled.signed_in("admin").get("/admin/database"))
    assert "Indexes are missing, different or invalid: idx_post_status." in shown
    assert "Run blog db indexes --apply" in shown
    assert "1 connection(s) were not given back in the last day" in shown
    assert "statement(s) are slow. Run blog db advise" in shown
    assert "A page sends one statement for each row." in shown
    assert "blog.greedy_slow, plugin greedy," in shown
    assert "Sent again and again from one line: blog.greedy_loop, plugin greedy," in shown
    assert "test_desk.py:" in shown
    assert "Not given back 1 in all" in shown


def test_a_quiet_blog_needs_nothing(make_world: Callable[..., World], database_url: str):
    world = make_world(database_url, plugins=["db_opt"], db_opt={"slow_s": 60, "busy_s": 60})
    world.account("admin")
    shown = words_of(world.signed_in("admin").get("/admin/database"))
    assert "What needs doing Nothing." in shown
    assert "Nobody had to wait." in shown
    assert "All were given back." in shown
    assert re.search(r"post \d+ KiB \d+ KiB", shown)


def test_only_those_who_may_see_internals_get_in(troubled: World):
    assert troubled.signed_in("editor").get("/admin/database").status_code == 403


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_for_everybody(
    make_world: Callable[..., World], sqlite_url: str, browser: Browser, serve: Any, scheme: Any
):
    world = make_world(sqlite_url, plugins=["db_opt", GREEDY], db_opt={"slow_s": 0.001})
    world.account("admin")
    for path in ("slow", "loop"):
        world.get(f"/greedy/{path}")
    cookie = world.signed_in("admin").get_cookie("blog_session")
    assert cookie
    address = serve(world.app)
    for width in (390, 1280):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=address
        )
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
        page = context.new_page()
        page.goto("/admin/database")
        page.locator("summary", has_text="greedy_slow").first.click()
        page.locator("summary", has_text="greedy_loop").click()
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        context.close()
