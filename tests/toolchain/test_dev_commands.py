"""dev.py refuses with one sentence, finds a browser in the promised order, and hands options on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dev import SetupError, find_browser, parser

ROOT = Path(__file__).parents[2]


def dev(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "dev.py", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | environ,
    )


def program(folder: Path, name: str) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def test_a_missing_archive_fails_the_tests_at_once(tmp_path: Path) -> None:
    missing = tmp_path / "nothing here"
    answer = dev("test", "--archive", str(missing))
    assert answer.returncode == 1
    assert answer.stderr == f"--archive: there is no folder {missing}.\n"


def test_pytest_alone_refuses_a_missing_archive_too(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/toolchain"]
    environ = os.environ | {"BLOG_TEST_ARCHIVE": str(tmp_path / "nothing")}
    answer = subprocess.run(
        command, check=False, capture_output=True, text=True, env=environ, cwd=ROOT
    )
    assert answer.returncode == pytest.ExitCode.USAGE_ERROR
    assert "BLOG_TEST_ARCHIVE: there is no folder" in answer.stderr


def test_a_wrong_blog_browser_fails_the_tests_at_once() -> None:
    answer = dev("test", BLOG_BROWSER="/no/such/browser")
    assert answer.returncode == 1
    assert answer.stderr == (
        "BLOG_BROWSER names '/no/such/browser', which is not a program; correct or unset it.\n"
    )


def test_an_unknown_command_names_the_known_ones() -> None:
    answer = dev("tests")
    assert answer.returncode == 2
    assert all(command in answer.stderr for command in ("run", "test", "check", "bench"))


def test_options_of_pytest_are_handed_on_in_their_order() -> None:
    line = ["test", "--full", "-k", "draft or page", "-n", "0", "tests/reader", "--full-trace"]
    options, rest = parser().parse_known_args(line)
    assert options.full
    assert rest == ["-k", "draft or page", "-n", "0", "tests/reader", "--full-trace"]


def test_the_named_browser_comes_first(tmp_path: Path) -> None:
    named = program(tmp_path, "mine")
    program(tmp_path / "bin", "chromium")
    assert find_browser({"BLOG_BROWSER": named, "PATH": str(tmp_path / "bin")}) == named


def test_the_path_comes_before_playwrights_own(tmp_path: Path) -> None:
    on_path = program(tmp_path / "bin", "google-chrome")
    program(tmp_path / "cache/chromium-1200/chrome-linux", "chrome")
    environ = {"PATH": str(tmp_path / "bin"), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "cache")}
    assert find_browser(environ) == on_path


def test_playwrights_newest_is_the_last_resort(tmp_path: Path) -> None:
    program(tmp_path / "chromium-1199/chrome-linux", "chrome")
    newest = program(tmp_path / "chromium-1200/chrome-linux", "chrome")
    assert find_browser({"PATH": "", "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}) == newest


def test_without_any_browser_there_is_none(tmp_path: Path) -> None:
    assert find_browser({"PATH": "", "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}) is None


def test_a_browser_that_is_no_program_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no-such-browser"):
        find_browser({"BLOG_BROWSER": "no-such-browser", "PATH": str(tmp_path)})
