"""Every example in docs/rest works as it stands there."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.flows.world import World
from tests.rest.receiver import Receiver, receiver

__all__ = ["receiver"]
GUIDE = (Path(__file__).parents[2] / "docs" / "rest" / "guide.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"```http\n([A-Z]+ /.*?)```\n+```http\nHTTP/1\.1 (.*?)```", re.DOTALL)
COMMAND = re.compile(r"^\$ blog (.*)$", re.MULTILINE)
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.fixture
def world(make_world, sqlite_url: str) -> World:
    made: World = make_world(sqlite_url, webhooks={"allow_private": True})
    made.post(made.account("author"), "Welcome", tags=("News",))
    return made


def run(world: World, command: str) -> str:
    result = world.app.test_cli_runner().invoke(args=["blog", *command.split()])
    assert result.exit_code == 0, result.output
    return result.output


def parts(text: str) -> tuple[str, dict[str, str], str]:
    """First line, headers and body of a request or an answer."""
    head, _, body = text.partition("\n\n")
    first, *lines = head.strip().split("\n")
    headers = (line.split(": ", 1) for line in lines)
    return first, dict(headers), body.strip()


def holds(found: Any, expected: Any) -> bool:
    """Whether all that is expected is found; lists have the same length."""
    if isinstance(expected, dict):
        return all(name in found and holds(found[name], value) for name, value in expected.items())
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(holds, found, expected))
    return bool(found == expected)


def test_every_request_is_answered_as_the_guide_says(world: World):
    (add, *others) = [command for command in COMMAND.findall(GUIDE) if "token" in command]
    token = re.search(r"blog_\S+", run(world, add))
    assert token is not None
    assert "Importer" in run(world, others[0])
    examples = EXAMPLE.findall(GUIDE)
    assert len(examples) == GUIDE.count("HTTP/1.1") == 8
    for asked, answered in examples:
        line, headers, body = parts(asked.replace("$TOKEN", token[0]))
        method, path = line.split()
        answer = world.client().open(path, method=method, headers=headers, data=body or None)
        status, expected, shown = parts(answered)
        assert answer.status_code == int(status), (line, answer.text)
        for name, value in expected.items():
            assert answer.headers[name] == value, (line, name)
        assert holds(answer.json, json.loads(shown)), (line, answer.text)


def test_the_commands_of_webhooks_run(world: World):
    commands = [command for command in COMMAND.findall(GUIDE) if "webhook" in command]
    assert "whsec_" in run(world, commands[0])
    for command in commands[1:]:
        run(world, command)


def test_the_receivers_check_tells_our_messages_from_others(world: World, receiver: Receiver):
    names: dict[str, Any] = {}
    exec(compile(PYTHON.findall(GUIDE)[0], "docs/rest/guide.md", "exec"), names)
    secret = re.search(r"whsec_\S+", run(world, f"webhook add {receiver.url}"))
    assert secret is not None
    world.post(world.account("editor"), "Bread")
    world.site.jobs.run_due()
    headers, body = receiver.taken[-1]
    assert names["is_ours"](secret[0], headers, body)
    assert not names["is_ours"](secret[0], headers, body + b" ")
    assert not names["is_ours"]("whsec_" + "A" * 44, headers, body)


def test_the_guide_names_every_event():
    from blog_core.webhooks import EVENTS

    for event in EVENTS:
        assert f"`{event}`" in GUIDE
