"""Every kind of page of the whole product, with all plugins: axe, the window, the policy.

A page that is new goes into `PAGES`, unless it stands in the admin's navigation, which is followed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from blog_core import create_app
from blog_core.access.password_links import make_link
from blog_core.access.tokens import new_token
from blog_core.content.accounts import create_account
from blog_core.content.preview_links import add_preview_link, links_of
from blog_core.content.revisions import save_revision
from blog_core.content.text import PostText
from blog_core.content.working_copies import save_working_copy
from blog_core.demo.load import load_demo
from blog_core.model.migrate import migrate
from blog_core.ports import Actor
from blog_core.site import SYSTEM, Site
from blog_core.testing.services import serve_in_thread

Scheme = Literal["light", "dark"]
LOOKS: tuple[tuple[int, Scheme], ...] = (
    (390, "dark"),
    (1280, "light"),
    (390, "light"),
    (1280, "dark"),
)
"""A bounded run takes the first two, `--full` all."""

PAGES = """
/  /archive  /tags  /search?q=bread  /search?q=zzzz  {post}/comments
/no-such-page  {post}  {tag}  {author}  {month}  {draft}
/admin/sign-in  /admin/forgotten-password  {password}
/admin/?q=bread  /admin/posts/new  /admin/posts/1  /admin/posts/1/edit  /admin/posts/1/preview
/admin/posts/1/edit?text=saved  /admin/posts/1/links  /admin/posts/2/delete
/admin/posts/1/revisions  /admin/posts/1/revisions/2  /admin/posts/1/revisions/compare?new=copy
/api/v1/  /admin/account  /admin/password  /admin/accounts/new  /admin/accounts/{admin}
/admin/tags/one/databases
"""


@dataclass(frozen=True, slots=True)
class Product:
    """The sample blog, served, with somebody to sign in as, and the addresses that it has."""

    url: str
    password: str
    addresses: dict[str, object]

    def pages(self, page: Page) -> list[str]:
        """The addresses of `PAGES`, and those of the navigation that `page` shows."""
        listed = PAGES.format(**self.addresses).split()
        links = page.locator("nav[aria-label=Admin] a").all()
        return [*listed, *(str(link.get_attribute("href")) for link in links)]


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The sample blog with all four plugins, revisions, links and accounts."""
    folder: Path = tmp_path_factory.mktemp("product")
    plugins = ["db_opt", "cache", "workflow", "llm"]
    app = create_app({"data_dir": str(folder), "plugins": plugins})
    site: Site = app.extensions["blog"]["blog"]
    with site.activate():
        migrate(site)
        load_demo(site, admin_email="demo@example.com")
        password = new_token()
        addresses = furnish(site, password)
    with serve_in_thread(app) as url:
        yield Product(url, password, addresses)
    site.changes.close()
    site.ports.executor.close()


def furnish(site: Site, password: str) -> dict[str, object]:
    """Give the first post what its pages show; the addresses that the tests ask for."""
    kept = site.access.passwords.hash(password)
    with site.transaction(SYSTEM) as session:
        made = create_account(
            session, name="Adele", role="admin", email="admin@example.com", password_hash=kept
        )
    admin = Actor(made.id, "Adele", "admin")
    with site.transaction(admin) as session:
        text = PostText(title="Rewritten", body="## One\n\nTwo `three`.\n\n- four\n- five")
        save_revision(session, post_id=1, version=None, text=text, note="Better words")
        text = PostText(title="Rewritten", body="## One\n\nTwo *and a half*.\n")
        save_working_copy(session, post_id=1, version=None, text=text)
        add_preview_link(session, post_id=1, days=7)
        token = make_link(session, made.id, at=site.clock(), lasts=timedelta(days=1))
    draft = f"/drafts/{links_of(site, 1)[0].token}"
    return {"admin": made.id, "draft": draft, "password": f"/admin/set-password/{token}"}


@pytest.fixture
def page(browser: Browser, product: Product) -> Iterator[Page]:
    """A browser in which the administrator is signed in."""
    context = browser.new_context(base_url=product.url)
    page = context.new_page()
    page.goto("/admin/sign-in")
    page.get_by_label("Mail address").fill("admin@example.com")
    page.get_by_label("Password").fill(product.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin/")
    yield page
    context.close()


def found_by_following_links(page: Page) -> dict[str, object]:
    """One address of each kind of the reader's pages."""
    page.goto("/")
    of = {"post": ".entry h2 a", "tag": ".meta .tag a", "author": ".meta li:first-child a"}
    found = {name: page.locator(link).first.get_attribute("href") for name, link in of.items()}
    page.goto("/archive")
    return {**found, "month": page.locator("a.month").first.get_attribute("href")}


def test_every_page_is_accessible_fits_its_window_and_keeps_the_policy(
    page: Page, product: Product, full_counts: bool
):
    product.addresses.update(found_by_following_links(page))
    page.goto("/admin/")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    faults: dict[tuple[str, int, str], list[Any]] = {}
    pages = product.pages(page)
    assert len(pages) >= 15
    for path in pages:
        page.goto(path)
        for width, scheme in LOOKS if full_counts else LOOKS[:2]:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            faults[path, width, scheme] = faults_of(page)
    assert {place: found for place, found in faults.items() if found} == {}
    assert [text for text in complaints if "404" not in text] == []


def faults_of(page: Page) -> list[Any]:
    violations = Axe().run(page).response["violations"]
    found: list[Any] = [(v["id"], [node["html"] for node in v["nodes"]]) for v in violations]
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, *([("wider than the window", overflow)] if overflow > 0 else [])]
