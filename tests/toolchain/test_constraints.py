"""The pinned versions name no download host, and cover what is declared."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PINS = (ROOT / "constraints.txt").read_text().splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def name_of(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def test_every_line_is_a_pin_without_an_address() -> None:
    assert [line for line in PINS if not re.fullmatch(r"[a-z0-9.-]+==[^:/@]+", line)] == []


@pytest.mark.parametrize(
    "requirement", PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
)
def test_a_declared_dependency_is_pinned(requirement: str) -> None:
    assert name_of(requirement) in {name_of(pin) for pin in PINS}


@pytest.mark.parametrize("name", ["uv.lock", "pylock.toml"])
def test_lock_files_that_name_hosts_are_ignored_by_git(name: str) -> None:
    assert f"/{name}" in (ROOT / ".gitignore").read_text().splitlines()
