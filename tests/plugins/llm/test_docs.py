"""Every example in docs/workflow/llm.md works as it stands there."""

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest

from plugins.llm.actions.definitions import ACTIONS
from plugins.llm.offline.actions import OFFLINE_ACTIONS
from plugins.llm.pages.routes import ROUTES
from plugins.llm.settings import LlmSettings

PAGE = (Path(__file__).parents[3] / "docs" / "workflow" / "llm.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
TOML = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = re.findall(r"^\$ blog (.*)$", PAGE, re.MULTILINE)


def test_the_programs_run(llm_blog, capsys):
    llm_blog.model.will_say("It has an error.", "It is very good. It ends here.")
    names: dict[str, Any] = {"__name__": "example"}
    with llm_blog.site.activate(), llm_blog.site.access.acting(llm_blog.editor):
        exec(compile("\n".join(PYTHON), "docs/workflow/llm.md", "exec"), names)
    said = capsys.readouterr().out
    assert "It has an error." in said
    assert "tiny rules@0 tighten@0 no price known" in said
    assert len(PYTHON) == 3


@pytest.mark.parametrize("example", TOML)
def test_the_settings_are_valid(example):
    settings = LlmSettings(**tomllib.loads(example)["llm"])
    assert not settings.missing or "model" not in example


def test_the_commands_run(llm_blog, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("titles.txt").write_text("Propose two titles.")
    for command in COMMANDS:
        args = ["blog", *shlex.split(command)]
        result = llm_blog.blog.app.test_cli_runner().invoke(args=args)
        assert result.exit_code == 0, (command, result.output)
    assert len(COMMANDS) == 9


def test_the_table_of_actions_is_that_of_the_code():
    rows = re.findall(r"^\| `(\w+)` \| ([\w.]+) \| (\w+) \|", PAGE, re.MULTILINE)
    assert rows == [(one.name, one.stage_id, one.field) for one in ACTIONS.values()]
    assert all(f"`{name}`" in PAGE for name in OFFLINE_ACTIONS)


def test_the_table_of_addresses_is_that_of_the_code():
    told = set(re.findall(r"^\| `(GET|POST) \.\.\./llm(\S*)` \|", PAGE, re.MULTILINE))
    have = {
        (route.methods[0], re.sub(r"<int\S*?>", "<id>", route.rule.partition("/llm")[2]))
        for route in ROUTES
    }
    assert told == have
