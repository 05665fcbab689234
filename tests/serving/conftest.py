"""A folder with a configured and migrated blog, and `blog serve` running in it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import pytest

BLOG = (sys.executable, "-m", "blog_core")
START_WAIT_S = 60
STOP_WAIT_S = 40


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the blog in its folder."""
    return subprocess.run(
        (*BLOG, *arguments),
        check=False,
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )


def environment() -> dict[str, str]:
    """This process's, without the blog's own variables."""
    root = str(Path(__file__).parents[2])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BLOG_")}
    return {**kept, "PYTHONPATH": root}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A blog.toml and a migrated database."""
    (tmp_path / "blog.toml").write_text('title = "Served"\nplugins = ["db_opt", "cache"]\n')
    done = run(tmp_path, "migrate")
    assert done.returncode == 0, done.stderr
    return tmp_path


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """`blog serve` in the folder: its address and its process, stopped at the end."""
    port = free_port()
    log = (folder / "serve.log").open("wb")
    process = subprocess.Popen(
        (*BLOG, "serve", "--port", str(port)),
        cwd=folder,
        env=environment(),
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_it_answers(address, process)
        yield address, process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_WAIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        log.close()


def wait_until_it_answers(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_WAIT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/robots.txt", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"blog serve did not answer at {address} (exit {process.poll()}).")
