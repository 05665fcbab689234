"""A whole blog with the workflow plugin, on each database, and short ways to write in it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from blog_core.site import SYSTEM, Actor
from plugins.workflow.change import SavedStage
from plugins.workflow.saving import save_stage
from tests.flows.world import World, make_world

__all__ = ["make_world"]

IDEA = "planning.idea"
Save = Callable[..., SavedStage]


@pytest.fixture
def world(make_world: Callable[..., World], database_url: str) -> Iterator[World]:
    world = make_world(database_url, plugins=["workflow"])
    with world.site.activate():
        yield world


@pytest.fixture
def post_id(world: World) -> int:
    return world.draft(world.account("author"), "A draft")


@pytest.fixture
def save(world: World, post_id: int) -> Save:
    """`save(version, idea="Bread", action="complete")` changes the post's idea."""

    def saved(
        version: int,
        *,
        stage_id: str = IDEA,
        action: str | None = None,
        actor: Actor = SYSTEM,
        on: int = post_id,
        note: str = "",
        **fields: Any,
    ) -> SavedStage:
        with world.site.transaction(actor) as session:
            return save_stage(
                session,
                post_id=on,
                stage_id=stage_id,
                version=version,
                fields=fields,
                action=action,
                note=note,
            )

    return saved
