"""The tutorial's files are written and its commands run, in the order in which it tells them."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial" / "first-plugin.md"
BLOCK = re.compile(r"<!-- (file|end|run):? ?(\S*) -->\n```\w+\n(.*?)```", re.DOTALL)


def run(folder: Path, *command: str, **env: str) -> str:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("BLOG_")}
    done = subprocess.run(
        [Path(sys.executable).with_name(command[0]), *command[1:]],
        cwd=folder,
        env={**inherited, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def follow(folder: Path) -> list[str]:
    """Do what the tutorial says; what each command printed."""
    printed = []
    for kind, name, content in BLOCK.findall(TUTORIAL.read_text(encoding="utf-8")):
        if kind == "file":
            (folder / name).write_text(content, encoding="utf-8")
            continue
        if kind == "end":
            start = (folder / name).read_text(encoding="utf-8").partition("@hookimpl")[0]
            (folder / name).write_text(start + content, encoding="utf-8")
            continue
        *settings, program, command = content.removeprefix("$ ").split()
        env = dict(setting.split("=") for setting in settings)
        printed.append(run(folder, program, command, **env))
    return printed


@dataclass(frozen=True)
class Followed:
    """The folder that was worked in, and what each command printed."""

    folder: Path
    printed: list[str]


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    folder = tmp_path_factory.mktemp("tutorial")
    return Followed(folder, follow(folder))


def test_its_commands_print_what_it_says(followed: Followed) -> None:
    first, second = followed.printed
    assert "small_cache: loaded" in first
    assert f"{followed.folder}/small_cache.py" in first
    assert "provides  cache" in first
    assert "levels    shared-stamps" in first
    assert "small_cache: disabled" in second


def test_its_plugin_passes_the_exam_and_saves_statements(followed: Followed) -> None:
    printed = run(followed.folder, "pytest", "-q", "-p", "no:cacheprovider", str(followed.folder))
    assert "failed" not in printed


def test_its_setting_reaches_the_plugin(followed: Followed) -> None:
    lines = [line.split() for line in run(followed.folder, "blog", "settings").splitlines()]
    assert ["small_cache.max_entries", "500", "blog.toml"] in lines


def test_its_cache_is_the_one_that_is_examined_here() -> None:
    examined = (Path(__file__).parent / "forty_line_cache.py").read_text(encoding="utf-8")
    assert examined in TUTORIAL.read_text(encoding="utf-8")
