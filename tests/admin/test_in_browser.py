"""The admin in a real browser: used by hand, accessible, on a phone and wide, in both modes."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from blog_core.content.accounts import set_password_hash
from blog_core.content.publishing import hide
from blog_core.content.revisions import save_revision
from blog_core.content.text import PostText
from tests.flows.world import PASSWORD, World

LOOKS: dict[str, tuple[int, int, Literal["dark", "light"]]] = {
    "phone-dark": (390, 844, "dark"),
    "wide-light": (1280, 900, "light"),
}


@pytest.fixture
def full_world(make_world: Callable[..., World], sqlite_url: str) -> World:
    """Posts in every state."""
    world = make_world(sqlite_url, title="Slow Notes")
    author = world.account("author")
    world.draft(author, "A draft with a rather long title that has to wrap on a small screen")
    world.post(author, "Out now", body="## A heading\n\nText.", tags=("bread", "slow"))
    world.post(author, "Comes out later", at=world.clock() + timedelta(days=2))
    hidden = world.post(author, "Taken back")
    with world.site.transaction(author) as session:
        hide(session, post_id=hidden, version=None)
        text = PostText(title="Out now, better", body="More text.")
        save_revision(session, post_id=2, version=None, text=text, note="Better words")
    return world


@pytest.fixture(params=LOOKS)
def page(
    browser: Browser, request: pytest.FixtureRequest, serve: Any, full_world: World
) -> Iterator[Page]:
    width, height, scheme = LOOKS[request.param]
    context = browser.new_context(
        base_url=serve(full_world.app),
        viewport={"width": width, "height": height},
        color_scheme=scheme,
    )
    yield context.new_page()
    context.close()


def sign_in(page: Page, password: str = PASSWORD) -> None:
    page.goto("/admin/")
    page.get_by_label("Mail address").fill("author@example.com")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def faults_of(page: Page) -> list[Any]:
    violations = Axe().run(page).response["violations"]
    found: list[Any] = [(v["id"], [node["html"] for node in v["nodes"]]) for v in violations]
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, *([("wider than the window", overflow)] if overflow else [])]


def test_every_page_is_accessible_fits_its_window_and_keeps_the_policy(page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    faults = {}
    page.goto("/admin/sign-in")
    faults["sign in"] = faults_of(page)
    sign_in(page)
    for path in ("", "?status=scheduled", "?status=archived", "posts/2", "account", "password"):
        page.goto(f"/admin/{path}")
        faults[path] = faults_of(page)
    page.goto("/admin/posts/2/preview")
    faults["preview"] = faults_of(page)
    assert {name: found for name, found in faults.items() if found} == {}
    assert complaints == []


def test_signing_in_reading_a_draft_and_signing_out_by_hand(page: Page) -> None:
    sign_in(page, "not the password")
    assert "There is no account with this address" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Mail address").input_value() == "author@example.com"
    sign_in(page)
    page.get_by_role("link", name=re.compile("A draft with")).click()
    page.get_by_role("link", name="Preview the last saved text").click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("A draft with")
    page.go_back()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/admin/")
    assert page.get_by_role("heading", level=1).inner_text() == "Sign in"


def test_a_one_time_password_is_changed_by_hand(page: Page, full_world: World) -> None:
    site = full_world.site
    kept = site.access.passwords.hash("one-time-password")
    with site.activate(), site.transaction() as session:
        set_password_hash(session, account_id=1, password_hash=kept, one_time=True)
    sign_in(page, "one-time-password")
    assert page.get_by_role("heading", level=1).inner_text() == "Choose your password"
    page.get_by_label("One-time password").fill("one-time-password")
    page.get_by_label("New password", exact=True).fill("too short")
    page.get_by_label("New password again").fill("too short")
    page.get_by_role("button", name="Save the password").click()
    assert faults_of(page) == []
    assert "found 9 bytes, expected at least 12" in page.locator(".fault").inner_text()
    page.get_by_label("One-time password").fill("one-time-password")
    page.get_by_label("New password", exact=True).fill("a password of my own")
    page.get_by_label("New password again").fill("a password of my own")
    page.get_by_role("button", name="Save the password").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Author"
