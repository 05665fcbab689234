"""The reader's pages of the sample blog in a real browser: axe, the keyboard, their weight."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from blog_core import create_app
from blog_core.demo.load import load_demo
from blog_core.model.migrate import migrate
from blog_core.testing.services.web import WsgiApp

MODES = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]


@pytest.fixture(scope="module")
def demo_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The sample blog with all four plugins."""
    folder: Path = tmp_path_factory.mktemp("demo")
    app = create_app({"data_dir": str(folder), "plugins": ["db_opt", "cache", "workflow", "llm"]})
    site = app.extensions["blog"]["blog"]
    with site.activate():
        migrate(site)
        load_demo(site, admin_email="admin@example.com")
    yield app
    site.ports.executor.close()


@pytest.fixture
def address(demo_app: Any, serve: Callable[[WsgiApp], str]) -> str:
    return serve(demo_app)


def addresses_of(page: Page, address: str) -> list[str]:
    """One page of each kind, found by following links as a reader would."""
    page.goto(f"{address}/")
    found = ["/", "/archive", "/tags", "/no-such-page"]
    links = (".entry h2 a", ".meta .tag a", ".meta li:first-child a", "a[rel=next]")
    found += [str(page.locator(link).first.get_attribute("href")) for link in links]
    page.goto(f"{address}/archive")
    found.append(str(page.locator("a.month").first.get_attribute("href")))
    return found


@pytest.mark.parametrize("width,scheme", MODES)
def test_axe_finds_nothing_on_any_kind_of_page(
    browser: Browser, address: str, width: int, scheme: Any
):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    for path in addresses_of(page, address):
        complaints.clear()
        page.goto(f"{address}{path}")
        complaints_of_page = [text for text in complaints if "404" not in text]
        assert not complaints_of_page, path
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) <= 0, path
        # axe's own script is put in by the browser's driver, past the page's policy.
        violations = Axe().run(page).response["violations"]
        assert not [(v["id"], v["nodes"][0]["html"]) for v in violations], path
    context.close()


def test_a_reader_gets_to_a_post_and_through_it_by_keyboard(page: Page, address: str):
    page.goto(f"{address}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.entry') !== null")
    page.keyboard.press("Enter")
    page.wait_for_url("**/posts/**")
    assert page.locator("h1").count() == 1


def test_the_front_page_weighs_less_than_60_kb_without_its_images(page: Page, address: str):
    sizes: dict[str, int] = {}

    def note(response: Any) -> None:
        if response.request.resource_type != "image":
            sizes[response.url] = response.request.sizes()["responseBodySize"]

    page.on("requestfinished", lambda request: note(request.response()))
    page.goto(f"{address}/")
    page.wait_for_load_state("networkidle")
    assert len(sizes) >= 2
    assert sum(sizes.values()) < 60_000


def test_pages_need_no_script(browser: Browser, address: str):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/")
    assert page.locator("script:not([type='application/ld+json'])").count() == 0
    page.locator(".entry h2 a").first.click()
    assert page.locator(".prose").is_visible()
    context.close()
