"""The editor's pages: accessible in both modes, on a phone and wide, and under our policy."""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from blog_core.content.revisions import save_revision
from blog_core.content.text import PostText
from blog_core.site import SYSTEM
from tests.editor.desk import Desk, type_on

LOOKS: dict[str, tuple[int, int, Literal["dark", "light"]]] = {
    "phone-dark": (390, 844, "dark"),
    "phone-light": (390, 844, "light"),
    "wide-dark": (1280, 900, "dark"),
    "wide-light": (1280, 900, "light"),
}


@pytest.fixture(params=LOOKS)
def page(desk: Desk, request: pytest.FixtureRequest) -> Page:
    width, height, scheme = LOOKS[request.param]
    return desk.sign_in("editor", viewport={"width": width, "height": height}, color_scheme=scheme)


def a_new_post(desk: Desk, page: Page) -> None:
    page.goto("/admin/posts/new")


def a_post(desk: Desk, page: Page) -> None:
    desk.edit(page, 1)
    page.locator("#body").fill("## A heading\n\nSome *text* with `code`.\n\n- one\n- two\n")
    expect(page.locator("#preview-text h2, #preview:not([open])").first).to_be_attached()


def faults(desk: Desk, page: Page) -> None:
    desk.edit(page, 1)
    page.get_by_label("Title").fill("")
    page.get_by_text("When readers see it").click()
    page.get_by_role("button", name="Save and schedule").click()
    expect(page.get_by_text("Nothing was changed yet.")).to_be_visible()


def a_conflict(desk: Desk, page: Page) -> None:
    desk.edit(page, 1)
    with desk.world.site.transaction(SYSTEM) as session:
        text = PostText(title="A title", body="At first.\n\nSaved meanwhile by somebody else.")
        save_revision(session, post_id=1, version=None, text=text)
    type_on(page, "\n\nMine, with a line that is long enough to wrap on every screen there is.")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Somebody saved this post while you")).to_be_visible()


def a_kept_text(desk: Desk, page: Page) -> None:
    desk.edit(page, 1)
    desk.kill()
    type_on(page, " Only in this browser.")
    page.goto("about:blank")
    desk.start()
    desk.edit(page, 1)
    expect(page.locator(".kept-text .diff").last).to_be_attached()
    page.locator(".kept-text summary").click()


VIEWS = (a_new_post, a_post, faults, a_conflict, a_kept_text)


@pytest.mark.parametrize("view", VIEWS)
def test_the_editor_is_accessible_fits_its_window_and_keeps_the_policy(
    desk: Desk, page: Page, view: Callable[[Desk, Page], None]
):
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    view(desk, page)
    assert faults_of(page) == []
    assert [text for text in complaints if "Failed to load resource" not in text] == []


def faults_of(page: Page) -> list[Any]:
    violations = Axe().run(page).response["violations"]
    found: list[Any] = [(v["id"], [node["html"] for node in v["nodes"]]) for v in violations]
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, *([("wider than the window", overflow)] if overflow > 0 else [])]
