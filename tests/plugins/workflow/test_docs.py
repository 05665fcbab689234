"""The examples of the guide to stages run as they stand there, up to the chapter on people."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from blog_core.api import ConfigError, ValidationError
from plugins.workflow import load_stage_data
from plugins.workflow.catalogue import BUILT_IN
from plugins.workflow.checks import CHECKS
from plugins.workflow.definition import USUAL_TRANSITIONS
from plugins.workflow.definition_file import read_definition
from plugins.workflow.settings import WorkflowSettings
from tests.flows.world import World

PAGE = Path(__file__).parents[3] / "docs" / "workflow" / "stages.md"
BLOCK = re.compile(r"(?:<!-- (\w+) -->\n)?```(\w+)\n(.*?)```", re.DOTALL)
NAMES = [check.name for check in CHECKS]


def blocks(kind: str, *, mark: str = "") -> list[str]:
    """The examples of a kind with a mark, in their order."""
    text = PAGE.read_text().partition("\n## People\n")[0]
    return [code for found, name, code in BLOCK.findall(text) if (name, found) == (kind, mark)]


def test_the_examples_run_one_after_the_other(
    make_world: Callable[..., World], sqlite_url: str, capsys: pytest.CaptureFixture[str]
):
    world = make_world(sqlite_url, plugins=["workflow"])
    ann, ed = world.account("author"), world.account("editor")
    with world.site.activate():
        assert world.draft(ann, "Bread") == 1
        names = {"ann": ann, "ed": ed}
        code = "\n".join(blocks("python"))
        exec(compile(code, PAGE.name, "exec"), names)
    told = capsys.readouterr().out
    assert "has to read it before it goes out ('Review (publishing.review) is NOT_STARTED" in told
    assert "planning.idea NOT_STARTED ['What it is about']" in told
    assert "1 COMPLETED" in told
    assert "None Bread that needs no hands Cake None" in told
    assert "[('title', 'too_long', 255), ('content', 'type', None), ('status', 'unknown'," in told


def test_the_definition_and_the_settings_of_the_example_hold(tmp_path: Path):
    (definition,) = blocks("toml", mark="definition")
    file = tmp_path / "press.toml"
    file.write_text(definition)
    press = read_definition("press", file, NAMES)
    assert list(press.parts) == ["press.release", "press.send"]
    (text,) = blocks("toml", mark="settings")
    section = tomllib.loads(text)["workflow"]
    section["definitions"] = {"press": file}
    catalogue = WorkflowSettings.model_validate(section).catalogue(NAMES)
    assert catalogue.definition_of(None, ["press-releases"]).name == "press"
    first = tomllib.loads(blocks("toml")[0])
    assert first["workflow"]["default"] in BUILT_IN


def test_the_faults_of_the_example_are_told_so(tmp_path: Path):
    (definition,) = blocks("toml", mark="definition")
    file = tmp_path / "press.toml"
    wrong = definition.replace('type = "date"', 'type = "day"', 1)
    file.write_text(wrong.replace('needs = ["press.release"]', 'needs = ["press.relase"]'))
    with pytest.raises(ConfigError) as refused:
        read_definition("press", file, NAMES)
    assert (
        "".join(f"{fault}\n" for fault in refused.value.faults) == blocks("text", mark="faults")[0]
    )


def test_the_table_of_transitions_is_the_usual_one(tmp_path: Path):
    (table,) = blocks("toml", mark="transitions")
    (definition,) = blocks("toml", mark="definition")
    file = tmp_path / "press.toml"
    file.write_text(definition + table)
    assert read_definition("press", file, NAMES).transition == USUAL_TRANSITIONS


def test_the_example_plugin_checks_and_rules(
    make_world: Callable[..., World], sqlite_url: str, tmp_path: Path
):
    names: dict[str, object] = {"__name__": "example"}
    exec(compile(blocks("python", mark="plugin")[0], PAGE.name, "exec"), names)
    house = names["House"]
    file = tmp_path / "mine.toml"
    file.write_text(
        'version = 1\n[[stage]]\nname = "authoring"\ntitle = "A"\n[[stage.part]]\nname = "draft"\n'
        'title = "D"\nchecks = ["spelling"]\n'
    )
    workflow = {"definitions": {"mine": str(file)}, "default": "mine"}
    world = make_world(sqlite_url, plugins=["workflow", house()], workflow=workflow)  # type: ignore[operator]
    with world.site.activate():
        post_id = world.draft(world.account("author"), "A", body="Under teh oven")
        stage = load_stage_data(post_id, "authoring.draft")
        assert stage["checks"] == {"spelling": {"words": 3, "findings": ["teh"]}}
        with pytest.raises(ValidationError, match="title: found '!!!', expected calm"):
            world.site.ports.stages.validate({"title": "A!!!", "content": "B", "status": "draft"})


def test_the_commands_run(make_world: Callable[..., World], sqlite_url: str):
    world = make_world(sqlite_url, plugins=["workflow"])
    world.draft(world.account("author"), "A")
    commands = re.findall(r"^\$ blog (.*)$", PAGE.read_text(), re.MULTILINE)
    assert len(commands) == 4
    for command in commands:
        result = world.app.test_cli_runner().invoke(args=["blog", *command.split()])
        assert result.exit_code == 0, result.output
