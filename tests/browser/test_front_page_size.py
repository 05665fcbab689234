"""What a browser receives for the front page of the sample blog."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser

from blog_core.demo.load import load_demo
from tests.flows.world import World, make_world

__all__ = ["make_world"]

FRONT_PAGE_BYTES = 60_000
"""With everything but its images."""


def test_a_front_page_is_light(
    browser: Browser, serve: Any, make_world: Callable[..., World], sqlite_url: str
):
    world = make_world(sqlite_url, plugins=["cache"], posts_per_page=20)
    with world.site.activate():
        load_demo(world.site, admin_email="demo@example.com")
    page = browser.new_context(base_url=serve(world.app)).new_page()
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    kinds: dict[str, str] = {}
    received: dict[str, int] = {}
    tools.on(
        "Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]})
    )
    tools.on(
        "Network.loadingFinished",
        lambda event: received.update({event["requestId"]: event["encodedDataLength"]}),
    )
    page.goto("/", wait_until="networkidle")
    sizes = {id_: size for id_, size in received.items() if kinds.get(id_) != "Image"}
    assert len(sizes) >= 2, kinds
    assert sum(sizes.values()) < FRONT_PAGE_BYTES, (kinds, received)
