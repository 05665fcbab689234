"""Comments in a real browser: sent without JavaScript, judged by keyboard."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.flows.world import PASSWORD, World, make_world

__all__ = ["make_world"]


@pytest.fixture
def blog(make_world: Callable[..., World], sqlite_url: str) -> World:
    world = make_world(sqlite_url, plugins=["cache"])
    world.post(world.account("author"), "Talk")
    return world


def test_a_comment_is_sent_without_javascript_and_judged_by_keyboard(
    browser: Browser, serve: Any, blog: World
):
    url = serve(blog.app)
    reader = browser.new_context(base_url=url, java_script_enabled=False).new_page()
    reader.goto("/posts/talk")
    for number in ("first", "second"):
        reader.goto("/posts/talk")
        reader.get_by_label("Name").fill("Rea")
        reader.get_by_label("Comment", exact=True).fill(f"The *{number}* one.")
        reader.get_by_role("button", name="Send").click()
        expect(reader.get_by_role("heading", name="Your comment waits")).to_be_visible()
    desk = browser.new_context(base_url=url).new_page()
    desk.goto("/admin/comments")
    desk.get_by_label("Mail address").fill("author@example.com")
    desk.get_by_label("Password").fill(PASSWORD)
    desk.get_by_role("button", name="Sign in").click()
    expect(desk.get_by_text("The second one.")).to_be_visible()
    desk.keyboard.press("j")
    desk.keyboard.press("s")
    expect(desk.get_by_text("1 comment put aside as spam.")).to_be_visible()
    desk.keyboard.press("j")
    desk.keyboard.press("a")
    expect(desk.get_by_text("Nothing waits.")).to_be_visible()
    reader.goto("/posts/talk")
    expect(reader.get_by_text("The first one.")).to_be_visible()
    expect(reader.get_by_text("The second one.")).to_have_count(0)
