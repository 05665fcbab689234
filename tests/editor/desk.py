"""A blog behind a server that can be killed and started again, and editors in real browsers."""

import threading
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import BaseWSGIServer, make_server

from blog_core.content import desk
from blog_core.site import SYSTEM
from tests.flows.world import PASSWORD, World

KEPT = "Everything you typed is kept on the server."


@dataclass
class Desk:
    """A world on one port, and the browsers that write in it."""

    world: World
    browser: Browser
    port: int = 0
    contexts: list[BrowserContext] = field(default_factory=list)
    _server: BaseWSGIServer | None = None
    _thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve, on the same port as before."""
        self._server = make_server("127.0.0.1", self.port, self.world.app, threaded=True)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def kill(self) -> None:
        """Stop answering: connections are refused from now on."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server = None

    def sign_in(self, role: str = "author", **options: Any) -> Page:
        """A new browser in which somebody of this role has signed in."""
        context = self.browser.new_context(base_url=self.url, **options)
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        page.goto("/admin/sign-in")
        fill_in_sign_in(page, role)
        page.wait_for_url("**/admin/")
        return page

    def edit(self, page: Page, post_id: int) -> None:
        """Open the editor and wait for its script."""
        page.goto(f"/admin/posts/{post_id}/edit")
        expect(page.locator("#editor[data-live=yes]")).to_be_attached()

    def row(self, post_id: int) -> Any:
        """The post with its head text."""
        return desk.post(self.world.site, SYSTEM, post_id).row

    def close(self) -> None:
        """End the browsers and the server."""
        for context in self.contexts:
            context.close()
        self.kill()


def fill_in_sign_in(page: Page, role: str) -> None:
    """Fill the form in and send it."""
    page.get_by_label("Mail address").fill(f"{role}@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def text_in(page: Page) -> str:
    """What stands in the form's text."""
    return page.locator("#body").input_value()


def type_on(page: Page, text: str) -> None:
    """Type at the end of the text."""
    page.locator("#body").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def said(page: Page, text: str) -> None:
    """Wait until the line below the text says this."""
    expect(page.locator("#editor-status")).to_contain_text(text, timeout=30_000)
