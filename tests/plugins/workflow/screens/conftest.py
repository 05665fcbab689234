"""A desk with the workflow: an author and an editor in real browsers, one draft, and a gate that
asks for an approval."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.editor.desk import Desk
from tests.flows.world import World, make_world

__all__ = ["make_world"]

APPROVED = Path(__file__).parent / "approved.toml"


def approved_world(make_world: Callable[..., World], database_url: str) -> World:
    """A blog with an author, an editor and one draft of the author."""
    world = make_world(
        database_url,
        title="Slow Notes",
        plugins=["workflow"],
        workflow={"definitions": {"approved": str(APPROVED)}, "default": "approved"},
    )
    author = world.account("author")
    world.account("editor")
    world.draft(author, "Bread and time", body="Bread *needs* time.\n\nTime needs bread.")
    return world


@pytest.fixture
def world(make_world: Callable[..., World], sqlite_url: str) -> Iterator[World]:
    """Such a blog on SQLite."""
    world = approved_world(make_world, sqlite_url)
    with world.site.activate():
        yield world


@pytest.fixture
def desk(world: World, browser: Browser) -> Iterator[Desk]:
    """The same, served, with the clock of the day: browsers know what day it is."""
    world.site.clock = lambda: datetime.now(UTC)
    made = Desk(world, browser)
    made.start()
    yield made
    made.close()
