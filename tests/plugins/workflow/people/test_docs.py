"""The examples of the chapters on people and screens run as they stand there."""

import re
from pathlib import Path

import pytest

from plugins.workflow.definition import Approvals
from plugins.workflow.definition_file import read_definition
from plugins.workflow.people.approving import missing_approvals, verdicts
from tests.plugins.workflow.people.conftest import Team

PAGE = Path(__file__).parents[4] / "docs" / "workflow" / "stages.md"
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def blocks(language: str) -> list[str]:
    """The examples of the chapter on people in a language."""
    text = PAGE.read_text()
    chapter = text[text.index("\n## People\n") :]
    return [code for name, code in BLOCK.findall(chapter) if name == language]


def test_the_examples_run_one_after_the_other(team: Team, capsys: pytest.CaptureFixture[str]):
    names = {"site": team.world.site, "ann": team.author, "ed": team.editor}
    for code in blocks("python"):
        exec(compile(code, PAGE.name, "exec"), names)
    told = capsys.readouterr().out
    assert "[('Editor', 'approved', '')]" in told
    assert "/review/" in told
    assert len(blocks("python")) == 4


def test_the_gate_of_the_example_asks_for_two(team: Team, tmp_path: Path):
    (gate,) = blocks("toml")
    file = tmp_path / "mine.toml"
    stage = '[[stage]]\nname = "a"\ntitle = "A"\n[[stage.part]]\nname = "b"\ntitle = "B"\n'
    file.write_text(f"version = 1\n{stage}{gate}")
    approvals = read_definition("mine", file, ()).gate[0].approvals
    assert approvals == Approvals(count=2, guests=1)
    assert missing_approvals(verdicts(team.world.site, team.post_id), approvals) == (
        "2 more of 2 approvals by admin or editor",
    )
