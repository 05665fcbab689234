"""A sub-stage is loaded in one statement, changed under its version, and checked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from blog_core.api import ConfigError, Conflict, NotFound, PluginNotEnabled, ValidationError
from blog_core.testing.contracts import StageLoaderContract
from plugins.workflow import (
    get_stage_data,
    get_stage_fields,
    get_stage_history,
    get_stage_status,
    load_stage_data,
    validate_stage_data,
)
from plugins.workflow.definition import load_definition
from plugins.workflow.writing import change_stage
from tests.flows.world import World

IDEA = "planning.idea"


class TestWorkflowStages(StageLoaderContract):
    @pytest.fixture
    def world(self, make_world: Callable[..., World], database_url: str) -> World:
        return make_world(database_url, plugins=["workflow"])

    @pytest.fixture
    def stages(self, world: World) -> Any:
        return world.site.ports.stages

    @pytest.fixture
    def post_id(self, world: World) -> int:
        return world.draft(world.account("author"), "A draft")

    @pytest.fixture
    def stage_id(self) -> str:
        return "authoring.draft"


@pytest.fixture
def post_id(world: World) -> int:
    return world.draft(world.account("author"), "A draft")


def change(world: World, post_id: int, version: int, **what: Any) -> int:
    definition = load_definition()
    with world.site.transaction() as session:
        return change_stage(
            session, definition, post_id=post_id, stage_id=IDEA, version=version, **what
        )


def test_a_stage_that_nobody_touched_is_not_started(world: World, post_id: int):
    with world.statements() as sent:
        stage = load_stage_data(post_id, IDEA)
    assert len(sent) == 1
    assert (stage["title"], stage["status"], stage["version"]) == ("A draft", "NOT_STARTED", 0)
    assert stage["fields"] == {"idea": "", "audience": ""}
    assert stage["history"] == []
    assert stage["errors"] == ["What it is about: is required to complete"]


def test_changes_are_kept_with_their_history(world: World, post_id: int):
    assert change(world, post_id, 0, fields={"idea": "Bread"}) == 1
    assert change(world, post_id, 1, fields={"audience": "Bakers"}, action="complete") == 2
    assert get_stage_status(post_id, IDEA) == "COMPLETED"
    assert get_stage_fields(post_id, IDEA) == {"idea": "Bread", "audience": "Bakers"}
    history = get_stage_history(post_id, IDEA)
    assert [(row["version"], row["state"], row["changed"]) for row in history] == [
        (2, "COMPLETED", {"audience": "Bakers"}),
        (1, "IN_PROGRESS", {"idea": "Bread"}),
    ]
    assert get_stage_data(post_id, IDEA)["title"] == "A draft"


def test_a_change_on_an_old_version_overwrites_nothing(world: World, post_id: int):
    change(world, post_id, 0, fields={"idea": "Bread"})
    with pytest.raises(Conflict, match="at version 1, but the change was made on version 0"):
        change(world, post_id, 0, fields={"idea": "Cake"})
    assert get_stage_fields(post_id, IDEA)["idea"] == "Bread"


def test_every_fault_of_a_change_is_named_and_nothing_is_kept(world: World, post_id: int):
    with pytest.raises(ValidationError) as refused:
        change(world, post_id, 0, fields={"nope": "x", "audience": "y" * 501}, action="reopen")
    assert {error.field for error in refused.value.errors} == {"nope", "audience", "action"}
    assert "there is only: start, complete" in str(refused.value)
    assert get_stage_status(post_id, IDEA) == "NOT_STARTED"


def test_what_is_required_must_be_there_to_complete(world: World, post_id: int):
    with pytest.raises(ValidationError, match="What it is about: is required"):
        change(world, post_id, 0, action="complete")


def test_an_unknown_stage_is_answered_with_those_that_there_are(world: World, post_id: int):
    with pytest.raises(NotFound, match=r"no stage 'planning'\. There are: planning\.idea, plan"):
        load_stage_data(post_id, "planning")


def test_the_command_shows_where_a_post_stands(world: World, post_id: int):
    change(world, post_id, 0, fields={"idea": "Bread"})
    shown = world.app.test_cli_runner().invoke(args=["blog", "workflow", "show", str(post_id)])
    assert "IN_PROGRESS  planning.idea" in shown.output
    assert "NOT_STARTED  publishing.launch" in shown.output


def test_basic_data_is_validated_without_an_app():
    assert validate_stage_data({"title": " e\u0301 ", "content": "x", "status": "draft"})
    with pytest.raises(ValidationError) as refused:
        validate_stage_data({"title": "x" * 256, "content": 7, "status": "gone"})
    assert [error.field for error in refused.value.errors] == ["title", "content", "status"]
    with pytest.raises(ValidationError, match="found list, expected a mapping"):
        validate_stage_data([])


@pytest.mark.parametrize(
    "text, told",
    [
        ("version = 0", "version: found 0"),
        ("version = 1\nstage = []", "stage: found"),
        ("not toml", "expected TOML"),
        ('version = 1\n[[stage]]\nname = "A b"\ntitle = "x"\npart = []', "stage.0.name"),
    ],
)
def test_a_wrong_definition_stops_the_boot_with_its_place(
    make_world: Callable[..., World], sqlite_url: str, tmp_path: Path, text: str, told: str
):
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(Exception, match=r"mine\.toml") as refused:
        make_world(sqlite_url, plugins=["workflow"], workflow={"definition": str(file)})
    assert told in str(refused.value) or told in str(refused.value.__cause__)
    with pytest.raises(ConfigError):
        load_definition(file)


def test_without_the_plugin_its_functions_say_how_to_enable_it(
    make_world: Callable[..., World], sqlite_url: str
):
    with (
        make_world(sqlite_url).site.activate(),
        pytest.raises(PluginNotEnabled, match="'workflow'"),
    ):
        load_stage_data(1, IDEA)
