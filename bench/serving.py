"""Starts a site under test; every site gets the same server with the same options."""

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.declare import Measure
from bench.load import load
from bench.sites import Answer
from blog_core.testing.services import WebServer

# One worker, so that a core is the limit and the client has the other one.
OPTIONS = ("--workers", "1", "--blocking-threads", "1", "--no-ws")


@contextlib.contextmanager
def serving(site: str, env: Mapping[str, str]) -> Iterator[WebServer]:
    """Serve a function of `bench.sites` that makes a WSGI app."""
    with WebServer.granian(f"bench.sites:{site}", "--factory", *OPTIONS, env=env) as server:
        yield server


@contextlib.contextmanager
def serving_answer(site: str, answer: Answer) -> Iterator[WebServer]:
    """Serve one answer by `bare` or `constant_flask`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answer.json"
        answer.write(file)
        with serving(site, {"BENCH_ANSWER": str(file)}) as server:
            yield server


def loaded(server: WebServer, path: str = "/", headers: Mapping[str, str] | None = None) -> Measure:
    """Measure requests a second and CPU a request of one address."""
    return lambda: load(f"{server.url}{path}", server.pid, headers=headers).sample()
