"""A sub-stage is loaded with all its parts in one statement, by the names of the plugin."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from blog_core.api import NotFound, PluginNotEnabled
from blog_core.testing.contracts import StageLoaderContract
from plugins.workflow import (
    get_stage_data,
    get_stage_fields,
    get_stage_history,
    get_stage_status,
    load_stage_data,
    validate_stage_data,
)
from tests.flows.world import World
from tests.plugins.workflow.conftest import IDEA, Save


class TestWorkflowStages(StageLoaderContract):
    @pytest.fixture
    def world(self, make_world: Callable[..., World], database_url: str) -> Iterator[World]:
        world = make_world(database_url, plugins=["workflow"])
        with world.site.activate():
            yield world

    @pytest.fixture
    def stages(self, world: World) -> Any:
        return world.site.ports.stages

    @pytest.fixture
    def post_id(self, world: World) -> int:
        return world.draft(world.account("author"), "A draft")

    @pytest.fixture
    def stage_id(self) -> str:
        return "authoring.draft"


def test_a_stage_that_nobody_touched_is_not_started(world: World, post_id: int):
    with world.statements() as sent:
        stage = load_stage_data(post_id, IDEA)
    assert len(sent) == 1
    assert (stage["title"], stage["status"], stage["version"]) == ("A draft", "NOT_STARTED", 0)
    assert stage["fields"] == {"idea": "", "audience": ""}
    assert stage["history"] == []
    assert stage["missing"] == ["What it is about: is required to complete"]
    assert stage["complete"] is True
    assert not stage["errors"]
    assert stage["definition"] == {"name": "blog", "version": 1}


def test_changes_are_kept_with_their_history(world: World, post_id: int, save: Save):
    assert save(0, idea="Bread").version == 1
    assert save(1, audience="Bakers", action="complete", note="Done").version == 2
    assert get_stage_status(post_id, IDEA) == "COMPLETED"
    assert get_stage_fields(post_id, IDEA) == {"idea": "Bread", "audience": "Bakers"}
    newest, first = get_stage_history(post_id, IDEA)
    assert newest["changed"] == {"audience": {"before": None, "after": "Bakers"}}
    assert (newest["action"], newest["state"], newest["note"]) == ("complete", "COMPLETED", "Done")
    assert first["changed"] == {"idea": {"before": None, "after": "Bread"}}
    assert (first["version"], first["state"], first["actor"]) == (1, "IN_PROGRESS", "system")
    assert first["at"] == world.clock()
    assert load_stage_data(post_id, IDEA)["history"] == [newest, first]


def test_the_basic_data_is_the_newest_saved_text(world: World, post_id: int):
    data = get_stage_data(post_id, IDEA)
    assert (data["title"], data["content"], data["status"]) == ("A draft", "Some text.", "draft")
    assert validate_stage_data(data)


def test_each_part_is_one_statement(world: World, post_id: int, save: Save):
    save(0, idea="Bread")
    for get in (get_stage_data, get_stage_fields, get_stage_history, get_stage_status):
        with world.statements() as sent:
            get(post_id, IDEA)
        assert len(sent) == 1, get.__name__


def test_an_unknown_post_or_stage_is_answered_with_what_there_is(world: World, post_id: int):
    gets: list[Callable[[Any, str], Any]] = [
        load_stage_data,
        get_stage_data,
        get_stage_fields,
        get_stage_history,
        get_stage_status,
    ]
    for get in gets:
        with pytest.raises(
            NotFound, match=r"no stage 'planning'\. There are: planning\.idea, plan"
        ):
            get(post_id, "planning")
        with pytest.raises(NotFound, match="no post 77"):
            get(77, IDEA)
        with pytest.raises(NotFound, match="no post '1'"):
            get("1", IDEA)


def test_the_command_shows_where_a_post_stands(world: World, post_id: int, save: Save):
    save(0, idea="Bread")
    shown = world.app.test_cli_runner().invoke(args=["blog", "workflow", "show", str(post_id)])
    assert shown.output.startswith("A draft (blog, version 1)\n")
    assert "IN_PROGRESS  planning.idea" in shown.output
    assert "NOT_STARTED  publishing.launch" in shown.output


def test_without_the_plugin_its_functions_say_how_to_enable_it(
    make_world: Callable[..., World], sqlite_url: str
):
    with make_world(sqlite_url).site.activate():
        for get in (load_stage_data, get_stage_status):
            with pytest.raises(PluginNotEnabled, match="'workflow'"):
                get(1, IDEA)
