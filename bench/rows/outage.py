"""How long people wait when PostgreSQL is away: for the answer 503, and until all is well again."""

import contextlib
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from flask.testing import FlaskClient

from bench.declare import Comparison, Measure, Metric, Sample, at_most, benchmark
from blog_core.testing.services import PostgresServer
from blog_core.testing.trial import TrialBlog

WRITE = {"email": "editor@example.org", "password": "a wrong one"}
UNCACHED = "/tags/none"
LENIENT = {"budget": "warning"}


@benchmark(
    "db outage, postgresql frozen",
    Metric("write answered 503", "s", at_most(2.0)),
    Metric("next page answered 503", "s", at_most(2.0)),
    Metric("well again after", "s", at_most(5.0)),
    repeats=5,
)
def db_frozen() -> Iterator[Comparison]:
    """Every process of the server is stopped, and goes on after the answers."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(PostgresServer.start())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="blog-outage-")))
        blog = TrialBlog(
            folder, database_url=server.create_database(), plugins=["db_opt"], db_opt=LENIENT
        )
        stack.callback(blog.close)
        yield Comparison(_frozen(blog, server), note="db_opt; connections open before")


def _frozen(blog: TrialBlog, server: PostgresServer) -> Measure:
    def measure() -> Sample:
        client = blog.client()
        _until(lambda: client.get(UNCACHED).status_code == 404)
        processes = _processes(server.pid)
        _signal(processes, signal.SIGSTOP)
        try:
            write_s = _timed(lambda: _write(client))
            page_s = _timed(lambda: client.get(UNCACHED))
        finally:
            _signal(processes, signal.SIGCONT)
        back_s = _timed(lambda: _until(lambda: client.get(UNCACHED).status_code == 404))
        return Sample((write_s, page_s, back_s))

    return measure


def _write(client: FlaskClient) -> None:
    answer = client.post("/admin/sign-in", data=WRITE, headers={"Sec-Fetch-Site": "same-origin"})
    if answer.status_code != 503:
        raise AssertionError(f"The write was answered {answer.status_code}, not 503.")


def _timed(action: Callable[[], object]) -> float:
    began = time.monotonic()
    action()
    return time.monotonic() - began


def _until(holds: Callable[[], bool]) -> None:
    while not holds():
        time.sleep(0.02)


def _processes(server: int) -> list[int]:
    """The server's own process and its children."""
    found = [server]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == server:
                found.append(int(stat.parent.name))
    return found


def _signal(processes: list[int], number: int) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, number)
