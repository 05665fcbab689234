"""dev.py installs once, and again only when there is a reason."""

import json
from pathlib import Path

import pytest

from dev import Environment


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """An environment into which the development set was installed."""
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "constraints.txt").write_text("flask==3.1.0\n")
    made = Environment(tmp_path)
    made.bin.mkdir(parents=True)
    made.python.touch()
    made.remember(dev=True)
    return made


@pytest.mark.parametrize("dev", [True, False])
def test_an_installed_environment_is_ready(environment: Environment, dev: bool) -> None:
    assert environment.is_ready(dev=dev)


def test_a_runtime_installation_is_not_enough_for_tests(environment: Environment) -> None:
    environment.remember(dev=False)
    assert environment.is_ready(dev=False)
    assert not environment.is_ready(dev=True)


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_changed_dependencies_are_installed_again(environment: Environment, name: str) -> None:
    (environment.root / name).write_text("changed")
    assert not environment.is_ready(dev=True)


def test_text_moved_between_the_two_files_is_a_change(environment: Environment) -> None:
    before = environment.digest()
    (environment.root / "pyproject.toml").write_text("[project]\nflask==3.1.0\n")
    (environment.root / "constraints.txt").write_text("")
    assert environment.digest() != before


def test_a_moved_checkout_is_installed_again(environment: Environment, tmp_path: Path) -> None:
    moved = environment.root.rename(tmp_path.with_name(f"{tmp_path.name}-moved"))
    assert not Environment(moved).is_ready(dev=True)


def test_an_environment_without_its_python_is_made_again(environment: Environment) -> None:
    environment.python.unlink()
    assert not environment.is_ready(dev=True)


@pytest.mark.parametrize("text", ["", "not json", json.dumps({"dev": True})])
def test_an_interrupted_installation_is_done_again(environment: Environment, text: str) -> None:
    environment.stamp.write_text(text)
    assert not environment.is_ready(dev=True)
