"""A stage loads once, in one round trip or three ways that agree; late parts are named and left."""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import current_app, g, has_request_context
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blog_core.api import (
    BlogError,
    Site,
    StageCheck,
    Unavailable,
    current_site,
    depend,
    hookimpl,
    in_writing_transaction,
    transaction,
)
from blog_core.content.publishing import hide
from blog_core.content.revisions import save_revision
from blog_core.content.text import PostText
from blog_core.site import SYSTEM
from plugins.workflow import get_stage_status, load_stage_data
from plugins.workflow.catalogue import read_catalogue
from plugins.workflow.loading.stage_loading import StageLoading
from plugins.workflow.loading.strategies import STRATEGIES
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


# --- the cache ------------------------------------------------------------------------------------


def test_a_loaded_stage_is_kept_until_the_post_or_its_workflow_changes(
    world: World, post_id: int, checks: Checks
):
    load_stage_data(post_id, PART)
    with world.statements() as sent:
        first = load_stage_data(post_id, PART)
        assert load_stage_data(post_id, PART) == first
    assert sent == []
    assert sorted(checks.calls) == ["first", "second"]
    save(post_id, 0, notes="New")
    assert load_stage_data(post_id, PART)["fields"]["notes"] == "New"
    with world.site.transaction(SYSTEM) as session:
        text = PostText(title="Newer", body="Text")
        save_revision(session, post_id=post_id, version=None, text=text)
    assert load_stage_data(post_id, PART)["title"] == "Newer"
    with world.site.transaction(SYSTEM) as session:
        hide(session, post_id=post_id, version=None)
    assert load_stage_data(post_id, PART)["post_status"] == "hidden"


def test_a_kept_stage_is_what_the_cache_plugin_finds_under_its_name(world: World, post_id: int):
    from plugins.cache import get_cached_workflow

    assert get_cached_workflow(post_id, PART) is None
    loaded = load_stage_data(post_id, PART)
    assert get_cached_workflow(post_id, PART) == loaded


def test_many_who_ask_at_once_get_one_load(world: World, post_id: int, checks: Checks):
    opened = threading.Event()

    def wait(site: Site, post_id: int) -> Mapping[str, object]:
        assert opened.wait(20)
        return {"findings": []}

    checks.does["first"] = wait

    def load() -> Any:
        with world.site.activate():
            return load_stage_data(post_id, PART)

    with ThreadPoolExecutor(8) as threads:
        loads = [threads.submit(load) for _ in range(8)]
        opened.set()
        results = [each.result(timeout=20) for each in loads]
    assert all(result == results[0] for result in results)
    assert checks.calls.count("first") == 1


def test_what_was_kept_under_other_definitions_is_built_anew(
    world: World, post_id: int, tmp_path: Path
):
    assert load_stage_data(post_id, PART)["definition"]["version"] == 1
    newer = tmp_path / "newer.toml"
    newer.write_text(DEFINITION.replace("version = 1", "version = 2"))
    own = own_stages(world.site).loading
    catalogue = read_catalogue({"work": newer}, "work", {}, tuple(own.checks))
    after = StageLoading(own.executor, catalogue, own.checks, own.pool)
    for _ in range(2):
        stage: dict[str, Any] = after.load(world.site, post_id, PART)
        assert stage["definition"]["version"] == 2


def test_what_a_check_depends_on_ends_the_kept_stage(world: World, post_id: int, checks: Checks):
    def watch(site: Site, post_id: int) -> Mapping[str, object]:
        depend("weather:1")
        return {"findings": []}

    checks.does["second"] = watch
    load_stage_data(post_id, PART)
    load_stage_data(post_id, PART)
    assert checks.calls.count("second") == 1
    world.site.ports.cache.invalidate(frozenset({"weather:1"}))
    load_stage_data(post_id, PART)
    assert checks.calls.count("second") == 2


# --- parts that fail ------------------------------------------------------------------------------


def test_a_check_that_fails_is_named_and_the_rest_is_shown_and_not_kept(
    world: World, post_id: int, checks: Checks
):
    def fail(site: Site, post_id: int) -> Any:
        raise ValueError("no such word")

    checks.does["first"] = fail
    stage = load_stage_data(post_id, PART)
    assert stage["errors"] == {"first": "ValueError: no such word"}
    assert stage["complete"] is False
    assert stage["checks"] == {"second": {"findings": []}}
    assert stage["fields"]["notes"] == ""
    del checks.does["first"]
    assert load_stage_data(post_id, PART)["complete"] is True
    counted = own_stages(world.site).loading.counts
    assert counted is not None
    assert (counted.partial.value, counted.complete.value) == (1, 1)


@pytest.mark.parametrize("strategy", list(STRATEGIES))
def test_a_check_that_hangs_is_left_at_its_deadline(make: Maker, checks: Checks, strategy: str):
    opened = threading.Event()

    def hang(site: Site, post_id: int) -> Any:
        opened.wait(20)
        return {}

    checks.does["first"], checks.timeout_s = hang, 0.05
    world = make(strategy=strategy)
    with world.site.activate():
        post_id = world.draft(world.account("author"), "A draft")
        stage = load_stage_data(post_id, PART)
        assert stage["errors"] == {"first": "it took longer than 0.05 s"}
        assert stage["checks"] == {"second": {"findings": []}}
        assert (stage["title"], stage["status"]) == ("A draft", "NOT_STARTED")
        again = load_stage_data(post_id, PART)
        assert again["errors"] == {"first": "its last call has not come back yet"}
    opened.set()


def test_an_error_of_ours_is_told_in_its_own_words(world: World, post_id: int, checks: Checks):
    def away(site: Site, post_id: int) -> Any:
        raise Unavailable("The spelling service does not answer.")

    checks.does["first"] = away
    checks.does["second"] = lambda site, post_id: ["a list"]
    assert load_stage_data(post_id, PART)["errors"] == {
        "first": "The spelling service does not answer.",
        "second": "it returned list, expected a mapping",
    }


@pytest.mark.parametrize("strategy", ["parallel", "sequential"])
@pytest.mark.parametrize("part", ["fields", "history", "status"])
def test_a_part_that_fails_is_none_and_the_rest_is_there(make: Maker, strategy: str, part: str):
    world = make(strategy=strategy)
    with world.site.activate():
        post_id = world.draft(world.account("author"), "A draft")
        save(post_id, 0, notes="Bread")
        executor = own_stages(world.site).loading.executor
        loading = broken(world, Failing(executor, f"workflow.stage_{part}"))
        stage = loading.load(world.site, post_id, PART)
        assert stage[part] is None
        assert stage["errors"] == {part: "The database is away."}
        assert stage["version"] == 1
        whole = own_stages(world.site).loading.load(world.site, post_id, PART)
        others = {"fields", "history", "status", "title"} - {part}
        assert {name: stage[name] for name in others} == {name: whole[name] for name in others}


@pytest.mark.parametrize("strategy", list(STRATEGIES))
def test_without_the_basic_data_there_is_no_stage(make: Maker, strategy: str):
    world = make(strategy=strategy)
    with world.site.activate():
        post_id = world.draft(world.account("author"), "A draft")
        name = "workflow.stage" if strategy == "single" else "workflow.stage_basic"
        loading = broken(world, Failing(own_stages(world.site).loading.executor, name))
        with pytest.raises(Unavailable, match="The database is away"):
            loading.load(world.site, post_id, PART)


class Failing:
    """An executor whose statement of one name fails."""

    def __init__(self, inner: Any, name: str) -> None:
        self._inner, self._name = inner, name

    def run(self, query: Any, params: Any = None) -> Any:
        if query.name == self._name:
            raise Unavailable("The database is away.")
        return self._inner.run(query, params)


def broken(world: World, executor: Any) -> StageLoading:
    own = own_stages(world.site).loading
    return StageLoading(executor, own.catalogue, own.checks, own.pool, own.strategy, own.deadline_s)


# --- threads --------------------------------------------------------------------------------------


def test_a_check_runs_in_an_app_context_of_its_own_outside_the_request(
    world: World, post_id: int, checks: Checks
):
    seen: dict[str, object] = {}

    def look(site: Site, post_id: int) -> Mapping[str, object]:
        seen.update(
            thread=threading.current_thread(),
            request=has_request_context(),
            app=current_app.name,
            site=current_site(),
            g=g.get("mine"),
            writing=in_writing_transaction(),
            status=get_stage_status(post_id, PART),
        )
        return {"findings": []}

    checks.does["first"] = look
    with world.app.test_request_context("/"), world.site.activate():
        g.mine = "the request's"
        load_stage_data(post_id, PART)
    assert seen.pop("thread") is not threading.current_thread()
    assert seen == {
        "request": False,
        "app": world.app.name,
        "site": world.site,
        "g": None,
        "writing": False,
        "status": "NOT_STARTED",
    }


def test_a_check_that_asks_for_a_whole_stage_is_told_what_to_do(
    world: World, post_id: int, checks: Checks
):
    checks.does["first"] = lambda site, post_id: load_stage_data(post_id, "work.plain")
    told = load_stage_data(post_id, PART)["errors"]["first"]
    assert told.startswith("A check of a stage asked for a whole stage.")


def test_inside_a_transaction_its_own_writes_are_seen_and_no_check_is_asked(
    world: World, post_id: int, checks: Checks
):
    load_stage_data(post_id, PART)
    checks.calls.clear()
    with transaction() as session:
        save_stage(session, post_id=post_id, stage_id=PART, version=0, fields={"notes": "Mine"})
        stage = load_stage_data(post_id, PART)
    assert stage["fields"]["notes"] == "Mine"
    assert stage["errors"]["first"] == "not asked inside a transaction"
    assert checks.calls == []


# --- strategies -----------------------------------------------------------------------------------

WRITES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "notes": st.text("ab\n ü🍞", max_size=8),
            "count": st.integers(-5, 5),
            "sure": st.booleans(),
        },
    ),
    max_size=5,
)


@pytest.fixture
def new_post(make_on: Maker, database_url: str) -> Iterator[Callable[[], int]]:
    """`new_post()` makes a draft in a blog that keeps nothing."""
    world = make_on(database_url)
    author = world.account("author")
    with world.site.activate():
        yield lambda: world.draft(author, "A draft")


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(WRITES)
def test_the_three_strategies_give_the_same(
    new_post: Callable[[], int], writes: list[dict[str, Any]]
):
    site = current_site()
    own = own_stages(site).loading
    loads = [
        StageLoading(own.executor, own.catalogue, own.checks, own.pool, strategy, 20.0)
        for strategy in STRATEGIES
    ]
    post_id, version = new_post(), 0
    for fields in writes:
        with transaction() as session:
            version = save_stage(
                session, post_id=post_id, stage_id=PART, version=version, fields=fields
            ).version
    for stage_id in (PART, "work.plain"):
        single, *others = [load.load(site, post_id, stage_id) for load in loads]
        assert all(other == single for other in others)
        assert single["complete"] is True
        assert single["version"] == (version if stage_id == PART else 0)


def test_parts_of_different_versions_are_read_again_as_one(make: Maker):
    world = make(strategy="sequential")
    with world.site.activate():
        post_id = world.draft(world.account("author"), "A draft")
        save(post_id, 0, notes="One")
        executor = own_stages(world.site).loading.executor
        loading = broken(world, Between(executor, lambda: save(post_id, 1, notes="Two")))
        stage: dict[str, Any] = loading.load(world.site, post_id, PART)
        assert (stage["version"], stage["fields"]["notes"]) == (2, "Two")
        assert stage["history"][0]["version"] == 2


class Between:
    """An executor between two of whose statements somebody else saves."""

    def __init__(self, inner: Any, change: Callable[[], None]) -> None:
        self._inner, self._change, self.has_changed = inner, change, False

    def run(self, query: Any, params: Any = None) -> Any:
        if query.name == "workflow.stage_history" and not self.has_changed:
            self.has_changed = True
            self._change()
        return self._inner.run(query, params)


@pytest.mark.parametrize("strategy, count", [("single", 1), ("parallel", 4), ("sequential", 4)])
def test_how_many_statements_each_strategy_takes(make: Maker, strategy: str, count: int):
    world = make(strategy=strategy)
    with world.site.activate():
        post_id = world.draft(world.account("author"), "A draft")
        with world.statements() as sent:
            load_stage_data(post_id, "work.plain")
    assert len(sent) == count


def test_two_plugins_cannot_add_a_check_of_one_name(
    make_world: Callable[..., World], sqlite_url: str, checks: Checks
):
    other = Checks()
    other.name = "others"
    with pytest.raises(BlogError, match=r"both add a stage check 'first'. Rename one"):
        make_world(sqlite_url, plugins=["workflow", checks, other])
