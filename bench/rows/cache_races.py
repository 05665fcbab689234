"""One build for a crowd, and nothing old after a save: real workers, real saves.

BENCH_SAVES sets the number of saves.
"""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.blog import opened, sample_blog
from bench.declare import Comparison, Metric, Prepare, Sample, at_most, benchmark
from bench.delete_after_commit import save_of
from bench.rows.pages import NotComparable
from bench.saves import make_post, saves_of
from bench.slow_page import BUILD_S, PATH
from bench.staleness import Outcome, race
from bench.stampede import stampede
from blog_core.testing.services import ValkeyServer, WebServer

SAVES = int(os.environ.get("BENCH_SAVES", "10000"))
CLIENTS, WORKERS, THREADS = 1_000, 4, 8
PAUSE_S = 0.02


def workers(factory: str, config: Any, **env: str) -> contextlib.AbstractContextManager[WebServer]:
    """Four workers of a factory."""
    options = ("--factory", "--workers", str(WORKERS), "--blocking-threads", str(THREADS))
    environment = {"BENCH_CONFIG": json.dumps(config), **env}
    return WebServer.granian(factory, *options, "--no-ws", "--backlog", "2048", env=environment)


@benchmark(
    "cache, 1,000 clients on a cold page",
    Metric("builds", "", at_most(1)),
    Metric("different answers", "", at_most(1)),
    Metric("99 of 100 waited", "s"),
    Metric("told to come back", ""),
    repeats=3,
)
def crowd_on_a_cold_page() -> Iterator[Comparison]:
    """Builds of a page that takes 200 ms; those beyond the places for waiting come back."""
    with sample_blog(serve={"threads": THREADS}) as sample:

        def measure() -> Sample:
            with tempfile.TemporaryDirectory() as folder:
                log = Path(folder) / "builds"
                with workers("bench.slow_page:site", sample.config, SLOW_LOG=str(log)) as server:
                    crowd = stampede(f"127.0.0.1:{server.port}", PATH, clients=CLIENTS)
                    builds = len(log.read_text().splitlines())
                with opened(sample) as site:
                    site.ports.cache.invalidate(frozenset({"slow:1"}))
            if crowd.errors:
                raise NotComparable(crowd.errors[0])
            return Sample((builds, len(crowd.bodies), crowd.slowest_s, crowd.told_to_wait))

        yield Comparison(measure, note=f"{WORKERS} workers, a build takes {BUILD_S} s")


def _stale(database: str, *, valkey: bool) -> Prepare:
    def prepare() -> Iterator[Comparison]:
        with contextlib.ExitStack() as stack:
            found = stack.enter_context(ValkeyServer.start())
            more: dict[str, Any] = {"cache": {"redis_url": found.url}} if valkey else {}
            sample = stack.enter_context(sample_blog(database, **more))
            site = stack.enter_context(opened(sample))
            with site.activate():
                saves = saves_of(site, make_post(site))
            server = stack.enter_context(workers("bench.sites:blog", sample.config))
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            config = {"database_url": f"sqlite:///{folder}/x.db", "redis_url": found.url}
            usual = {"usual": save_of(config)}
            other = stack.enter_context(workers("bench.delete_after_commit:site", config))

            def ours() -> Sample:
                at = f"127.0.0.1:{server.port}"
                return told(race(at, "/posts/race", saves, count=SAVES, readers=4, pause_s=PAUSE_S))

            def others() -> Sample:
                at = f"127.0.0.1:{other.port}"
                return told(race(at, "/page", usual, count=1_000, readers=4, pause_s=PAUSE_S / 2))

            yield Comparison(ours, others, note="against: commit, then delete the key")

    return prepare


def told(outcome: Outcome) -> Sample:
    """The outcome as figures; an answer that is neither is a fault of the harness."""
    if outcome.errors:
        raise NotComparable(outcome.errors[0])
    return Sample((outcome.stale, outcome.hit_ratio, outcome.requests, outcome.saves))


for _database, _with_valkey in (("sqlite", False), ("postgresql", False), ("postgresql", True)):
    benchmark(
        f"cache, stale answers, {_database}{', valkey' if _with_valkey else ''}",
        Metric("stale", ""),
        Metric("hit ratio", ""),
        Metric("requests", ""),
        Metric("saves", ""),
        repeats=1,
    )(_stale(_database, valkey=_with_valkey))
