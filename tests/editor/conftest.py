"""The fixtures of `tests.flows.world`, for the editor, and a desk with real browsers."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.editor.desk import Desk
from tests.flows.world import World, make_world, world

__all__ = ["desk", "make_world", "world"]


@pytest.fixture
def desk(make_world: Callable[..., World], sqlite_url: str, browser: Browser) -> Iterator[Desk]:
    """A blog with an author, an editor and one draft of the author, served."""
    world = make_world(sqlite_url, title="Slow Notes")
    author = world.account("author")
    world.account("editor")
    world.draft(author, "A title", body="At first.")
    made = Desk(world, browser)
    made.start()
    yield made
    made.close()
