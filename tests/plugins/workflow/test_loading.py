"""A stage loads once; parts that fail or come late are named and left."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import current_app, g, has_request_context

from blog_core.api import (
    BlogError,
    Site,
    Unavailable,
    current_site,
    depend,
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
from tests.plugins.workflow.checked_world import (
    DEFINITION,
    PART,
    Checks,
    Maker,
    broken,
    checks,
    make,
    make_on,
    post_id,
    save,
    world,
)

__all__ = ["checks", "make", "make_on", "post_id", "world"]

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


def test_two_plugins_cannot_add_a_check_of_one_name(
    make_world: Callable[..., World], sqlite_url: str, checks: Checks
):
    other = Checks()
    other.name = "others"
    with pytest.raises(BlogError, match=r"both add a stage check 'first'. Rename one"):
        make_world(sqlite_url, plugins=["workflow", checks, other])
