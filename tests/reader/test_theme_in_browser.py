"""The theme in a real browser: accessible in both modes, on a phone and wide, under our CSP."""

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, ViewportSize

from blog_core.headers import SECURITY_HEADERS
from blog_core.reader.theme import STATIC_DIR, theme_environment
from tests.reader.sample_pages import HTML_PAGES

ORIGIN = "https://blog.test"
LOOKS: dict[str, tuple[int, int, Literal["dark", "light"]]] = {
    "phone, dark": (390, 844, "dark"),
    "wide, light": (1280, 900, "light"),
}


def _serve(route: Route) -> None:
    """Answers from the theme: `/home.html` is that template with its sample."""
    name = route.request.url.removeprefix(f"{ORIGIN}/")
    headers = dict(SECURITY_HEADERS)
    if name in HTML_PAGES:
        template = theme_environment(lambda asset: f"/{asset}").get_template(f"blog/{name}")
        body = template.render(page=HTML_PAGES[name])
        route.fulfill(body=body, headers=headers | {"Content-Type": "text/html; charset=utf-8"})
    elif (STATIC_DIR / name).is_file():
        route.fulfill(path=STATIC_DIR / name, headers=headers)
    else:
        route.fulfill(status=404, headers=headers)


@pytest.fixture(params=LOOKS)
def reader(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height, scheme = LOOKS[request.param]
    viewport: ViewportSize = {"width": width, "height": height}
    context = browser.new_context(viewport=viewport, color_scheme=scheme)
    context.route("**/*", _serve)
    yield context.new_page()
    context.close()


def test_axe_finds_nothing(reader: Page) -> None:
    found = []
    for name in HTML_PAGES:
        reader.goto(f"{ORIGIN}/{name}")
        violations = Axe().run(reader).response["violations"]
        found += [(name, v["id"], [node["html"] for node in v["nodes"]]) for v in violations]
    assert found == []


def test_no_page_is_wider_than_its_window_nor_breaks_the_policy(reader: Page) -> None:
    complaints: list[str] = []
    reader.on("console", lambda message: complaints.append(message.text))
    for name in HTML_PAGES:
        reader.goto(f"{ORIGIN}/{name}")
        overflow = reader.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert (name, overflow) == (name, 0)
    assert [text for text in complaints if "404" not in text] == []


def test_the_keyboard_reaches_the_content_first(reader: Page) -> None:
    reader.goto(f"{ORIGIN}/post.html")
    reader.keyboard.press("Tab")
    assert reader.evaluate("document.activeElement.className") == "skip-link"
    assert reader.locator(".skip-link").is_visible()
    reader.keyboard.press("Enter")
    assert reader.evaluate("document.activeElement.id") == "content"
