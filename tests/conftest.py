"""What every test may ask for: real servers, a browser, and the archive that was given."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dev import find_browser

pytest_plugins = ["blog_core.testing.fixtures"]

ARCHIVE = os.environ.get("BLOG_TEST_ARCHIVE")
NO_BROWSER = "No Chromium was found: `python3 dev.py test` installs one, or set BLOG_BROWSER."
QUIET_BROWSER = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def pytest_configure(config: pytest.Config) -> None:
    """A named archive must exist: a run that quietly leaves it out would prove nothing."""
    if ARCHIVE is not None and not Path(ARCHIVE).is_dir():
        raise pytest.UsageError(f"BLOG_TEST_ARCHIVE: there is no folder {ARCHIVE}.")


def pytest_report_header() -> str:
    """Say whether the archive is read."""
    if ARCHIVE is None:
        return "archive: none given, so tests marked `archive` are left out (--archive DIR)"
    return f"archive: {ARCHIVE}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that read the archive when none was given."""
    if ARCHIVE is None:
        left_out = [item for item in items if item.get_closest_marker("archive")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def archive_dir() -> Path:
    """The archive of posts; a test that asks for it carries the mark `archive`."""
    if ARCHIVE is None:
        raise pytest.UsageError("A test that asks for archive_dir needs @pytest.mark.archive.")
    return Path(ARCHIVE)


@pytest.fixture(scope="session")
def full_counts() -> bool:
    """True for `dev.py test --full`: take the counts that are promised, not the bounded ones."""
    return os.environ.get("BLOG_TEST_FULL") == "1"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: Mapping[str, Any]) -> dict[str, Any]:
    """pytest-playwright's launch arguments, for the Chromium of the system and also for root."""
    program = find_browser()
    if program is None:
        pytest.fail(NO_BROWSER)
    return {
        **browser_type_launch_args,
        "executable_path": program,
        "args": list(QUIET_BROWSER),
        "chromium_sandbox": os.geteuid() != 0,
    }


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Keep pytest-flask from pushing a request for every test with an `app`.

    Code that forgot its application context would pass all tests and fail in a command.
    """
