"""What docs/database says, run: each Python block in turn, each command with what it shows."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.flows.world import World

DOCS = Path(__file__).parents[3] / "docs" / "database"
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def world(make_world: Callable[..., World], database_url: str) -> Iterator[World]:
    """Nothing counts as slow, however busy the machine is: the page shows a quiet blog."""
    world = make_world(database_url, plugins=["db_opt"], db_opt={"slow_s": 60, "busy_s": 60})
    with world.site.activate():
        yield world


@pytest.mark.parametrize("page", ["queries.md", "indexes.md"])
def test_the_examples_of_a_page_do_what_it_says(world: World, page: str):
    author = world.account("author")
    for number in range(5):
        world.clock.forward(minutes=1)
        world.post(author, f"Post {number}")
    names: dict[str, object] = {}
    blocks = BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))
    assert blocks
    for language, content in blocks:
        if language == "python":
            exec(compile(content, page, "exec"), names)
        else:
            show(world, content)


def show(world: World, session: str) -> None:
    """Run each command after `$`; a line of it in the page begins a line that it prints."""
    for part in session.split("$ ")[1:]:
        command, *expected = part.splitlines()
        shown = world.app.test_cli_runner().invoke(args=command.split())
        printed = [" ".join(line.split()) for line in shown.output.splitlines()]
        for line in expected:
            wanted = " ".join(line.split())
            assert any(found.startswith(wanted) for found in printed), shown.output
