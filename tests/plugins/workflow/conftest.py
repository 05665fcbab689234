"""A whole blog with the workflow plugin, on each database."""

from collections.abc import Callable, Iterator

import pytest

from tests.flows.world import World, make_world

__all__ = ["make_world"]


@pytest.fixture
def world(make_world: Callable[..., World], database_url: str) -> Iterator[World]:
    world = make_world(database_url, plugins=["workflow"])
    with world.site.activate():
        yield world
