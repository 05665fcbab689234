"""Starts a site under test; every site gets the same server with the same options."""

import contextlib
import http.client
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench.declare import Measure
from bench.load import load
from bench.sites import Answer
from blog_core.testing.services import WebServer

# One worker, so that a core is the limit and the client has the other one.
OPTIONS = ("--workers", "1", "--blocking-threads", "1", "--no-ws")

SERVERS_OWN = frozenset({"connection", "date", "server", "transfer-encoding"})


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


def fetch(server: WebServer, headers: Mapping[str, str] | None = None, path: str = "/") -> Answer:
    """One answer of a site, without what the server adds to every answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", path, headers=dict(headers or {}))
        response = connection.getresponse()
        body = response.read().decode()
        kept = [pair for pair in response.getheaders() if pair[0].lower() not in SERVERS_OWN]
        return Answer(f"{response.status} {response.reason}", kept, body)


def loaded(
    server: WebServer,
    path: str = "/",
    *,
    headers: Mapping[str, str] | None = None,
    database_pids: Sequence[int] = (),
    connections: int = 16,
) -> Measure:
    """Measure requests a second and CPU a request (the database's included) of one address."""
    pids = (server.pid, *database_pids)
    address = f"{server.url}{path}"
    return lambda: load(address, pids, headers=headers, connections=connections).sample()
