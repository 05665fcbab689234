"""A blog whose stage has two checks that do what a test tells them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from blog_core.api import (
    Site,
    StageCheck,
    hookimpl,
    transaction,
)
from plugins.workflow.loading.stage_loading import StageLoading
from plugins.workflow.own import own_stages
from plugins.workflow.saving import save_stage
from tests.flows.world import World

PART = "work.text"
DEFINITION = """
version = 1
[[stage]]
name = "work"
title = "Work"
  [[stage.part]]
  name = "text"
  title = "Text"
  checks = ["first", "second"]
  fields = [
    { name = "notes", title = "Notes", required = true },
    { name = "count", title = "Count", type = "number" },
    { name = "sure", title = "Sure", type = "yes_no" },
  ]
  [[stage.part]]
  name = "plain"
  title = "Plain"
"""


class Checks:
    """A plugin with two checks that do what a test tells them."""

    name = "checks"

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.does: dict[str, Callable[[Site, int], Any]] = {}
        self.timeout_s = 20.0

    def ask(self, name: str) -> Callable[[Site, int], Mapping[str, object]]:
        def load(site: Site, post_id: int) -> Mapping[str, object]:
            self.calls.append(name)
            answer: Mapping[str, object] = self.does.get(name, found_nothing)(site, post_id)
            return answer

        return load

    @hookimpl
    def blog_contribute(self, contribute: Any) -> None:
        for name in ("first", "second"):
            check = StageCheck(name, name.title(), self.ask(name), timeout_s=self.timeout_s)
            contribute.stage_check(check)


def found_nothing(site: Site, post_id: int) -> Mapping[str, object]:
    return {"findings": []}


@pytest.fixture
def checks() -> Checks:
    return Checks()


Maker = Callable[..., World]


@pytest.fixture
def make_on(make_world: Callable[..., World], tmp_path: Path, checks: Checks) -> Maker:
    file = tmp_path / "work.toml"
    file.write_text(DEFINITION)

    def made(database_url: str, *plugins: str, **workflow: Any) -> World:
        settings = {"definitions": {"work": str(file)}, "default": "work", "deadline_s": 20}
        return make_world(
            database_url, plugins=["workflow", *plugins, checks], workflow={**settings, **workflow}
        )

    return made


@pytest.fixture
def make(make_on: Maker, sqlite_url: str) -> Maker:
    """`make(strategy="parallel")`: what is about threads is the same on both databases."""
    return partial(make_on, sqlite_url)


@pytest.fixture
def world(make_on: Maker, database_url: str) -> Iterator[World]:
    world = make_on(database_url, "cache")
    world.site.clock = lambda: datetime.now(UTC)
    # The first look at a database takes everything as touched; not in the midst of a test.
    world.site.changes.relay.look_now()
    with world.site.activate():
        yield world


@pytest.fixture
def post_id(world: World) -> int:
    return world.draft(world.account("author"), "A draft")


def save(post_id: int, version: int, stage_id: str = PART, **fields: Any) -> None:
    with transaction() as session:
        save_stage(session, post_id=post_id, stage_id=stage_id, version=version, fields=fields)


def broken(world: World, executor: Any) -> StageLoading:
    own = own_stages(world.site).loading
    return StageLoading(executor, own.catalogue, own.checks, own.pool, own.strategy, own.deadline_s)
