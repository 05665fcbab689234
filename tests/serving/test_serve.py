"""`blog serve`: reloaded and stopped under requests, none of which is lost."""

import signal
import threading
import time
import urllib.request
from pathlib import Path
from typing import Self

from tests.serving.conftest import run, serving

REQUESTS = 400
CLIENTS = 4


class Clients:
    """Some threads that ask for a page again and again, and note every failure."""

    def __init__(self, url: str) -> None:
        self.url, self.answered, self.failures = url, 0, list[str]()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._ask) for _ in range(CLIENTS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        while not self._stop.is_set() and self.answered < REQUESTS:
            try:
                with urllib.request.urlopen(self.url, timeout=30) as answer:
                    answer.read()
                with self._lock:
                    self.answered += 1
            except OSError as error:
                with self._lock:
                    self.failures.append(repr(error))

    def wait_for(self, more: int) -> None:
        """Until so many more were answered."""
        wanted = self.answered + more
        deadline = time.monotonic() + 60
        while self.answered < wanted and time.monotonic() < deadline:
            time.sleep(0.02)


def workers(log: Path) -> list[str]:
    """What the server says about its workers, in order."""
    return [line for line in log.read_text().splitlines() if "PID" in line and "orker" in line]


def test_a_reload_replaces_the_worker_and_loses_no_request(folder: Path):
    with serving(folder) as (address, process), Clients(f"{address}/") as clients:
        clients.wait_for(20)
        started = len(workers(folder / "serve.log"))
        process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 60
        while len(workers(folder / "serve.log")) == started and time.monotonic() < deadline:
            time.sleep(0.05)
        clients.wait_for(40)
    assert len(workers(folder / "serve.log")) > started
    assert not clients.failures
    assert clients.answered >= 60


def test_a_stop_ends_the_server_and_all_its_processes(folder: Path):
    with serving(folder) as (address, process):
        with urllib.request.urlopen(f"{address}/", timeout=10) as answer:
            assert b"Served" in answer.read()
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0


def test_a_database_that_is_behind_is_refused_with_the_command_to_run(tmp_path: Path):
    (tmp_path / "blog.toml").write_text('title = "New"\n')
    refused = run(tmp_path, "serve", "--port", "1")
    assert refused.returncode == 1
    assert "The database is behind by" in refused.stderr
    assert "Run `blog migrate`" in refused.stderr


def test_an_unsafe_setting_refuses_to_start_in_production(tmp_path: Path):
    (tmp_path / "blog.toml").write_text('environment = "production"\ndebug = true\n')
    refused = run(tmp_path, "serve", "--port", "1")
    assert refused.returncode == 1
    for fault in ("debug", "secret_key", "site_url"):
        assert fault in refused.stderr
