"""Several real workers: nothing old after a save, one build for many, whoever is killed."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bench.delete_after_commit import save_of
from bench.saves import make_post, saves_of
from bench.slow_page import BUILD_S, PATH
from bench.staleness import race
from bench.stampede import stampede
from blog_core.content.accounts import create_account
from blog_core.site import SYSTEM
from blog_core.testing.services import WebServer
from tests.plugins.cache.conftest import BlogMaker

THREADS = 8
Config = dict[str, Any]
Server = Callable[..., WebServer]


@pytest.fixture
def server(serve_process: Callable[..., WebServer]) -> Server:
    """`server("bench.sites:blog", config, workers=4)` serves what a bench factory makes."""

    def start(factory: str, config: Config, *, workers: int, **env: str) -> WebServer:
        options = ("--factory", "--workers", str(workers), "--blocking-threads", str(THREADS))
        lasting = ("--no-ws", "--respawn-failed-workers", "--respawn-interval", "0.5")
        environment = {"BENCH_CONFIG": json.dumps(config), **env}
        return serve_process(factory, *options, *lasting, env=environment)

    return start


def address(server: WebServer) -> str:
    return f"127.0.0.1:{server.port}"


def config_of(data_dir: Path, database_url: str, **more: Any) -> Config:
    """The same settings for the workers and for the process of the test."""
    return {
        "environment": "test",
        "data_dir": str(data_dir),
        "database_url": database_url,
        "secret_key": "trial" * 8,
        "plugins": ["cache"],
        **more,
    }


@pytest.fixture(params=["sqlite-1", "sqlite-4", "postgresql-4", "postgresql-4-valkey"])
def place(request: pytest.FixtureRequest) -> tuple[str, int, dict[str, Any]]:
    """A database, a number of workers, and the cache's settings."""
    kind, workers, *valkey = request.param.split("-")
    url = request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[kind])
    cache = {"redis_url": request.getfixturevalue("redis_url")} if valkey else {}
    return url, int(workers), cache


def test_nobody_gets_an_old_page_after_a_save_was_acknowledged(
    place: tuple[str, int, dict[str, Any]],
    make_blog: BlogMaker,
    server: Server,
    tmp_path: Path,
    full_counts: bool,
) -> None:
    url, workers, cache = place
    writer = make_blog(url, cache=cache)
    with writer.site.transaction(SYSTEM) as session:
        create_account(session, name="A", role="editor", email="a@example.org", password_hash="x")
    post_id = make_post(writer.site)
    config = config_of(tmp_path / "data", url, cache=cache)
    workers_ = server("bench.sites:blog", config, workers=workers)
    outcome = race(
        address(workers_),
        "/posts/race",
        saves_of(writer.site, post_id),
        count=10_000 if full_counts else 150,
        readers=4,
        pause_s=0.02,
    )
    assert outcome.stale == 0
    assert not outcome.errors
    assert outcome.hit_ratio >= 0.9


def test_the_same_race_catches_a_cache_that_deletes_after_the_commit(
    server: Server, redis_url: str, sqlite_url: str
) -> None:
    config = {"database_url": sqlite_url, "redis_url": redis_url}
    save = save_of(config)
    workers = server("bench.delete_after_commit:site", config, workers=4)
    outcome = race(address(workers), "/page", {"save": save}, count=400, readers=4, pause_s=0.01)
    assert outcome.stale > 0


@pytest.fixture
def slow(
    make_blog: BlogMaker, server: Server, sqlite_url: str, tmp_path: Path
) -> tuple[WebServer, Path]:
    """Four workers with a page that takes long, and the list of its builders."""
    make_blog(sqlite_url)
    log = tmp_path / "builds"
    log.touch()
    config = config_of(tmp_path / "data", sqlite_url, serve={"threads": THREADS})
    return server("bench.slow_page:site", config, workers=4, SLOW_LOG=str(log)), log


def builders(log: Path) -> list[int]:
    return [int(line) for line in log.read_text().splitlines()]


def test_a_crowd_on_a_page_that_nobody_has_built_makes_one_build(
    slow: tuple[WebServer, Path], full_counts: bool
) -> None:
    server, log = slow
    crowd = stampede(address(server), PATH, clients=1_000 if full_counts else 150)
    assert not crowd.errors
    assert len(crowd.bodies) == 1
    assert len(builders(log)) == 1


def test_when_the_builder_is_killed_another_one_builds(slow: tuple[WebServer, Path]) -> None:
    server, log = slow

    def kill_the_first() -> None:
        deadline = time.monotonic() + 60
        while not builders(log) and time.monotonic() < deadline:
            time.sleep(BUILD_S / 50)
        os.kill(builders(log)[0], signal.SIGKILL)

    with ExitStack() as killing:
        killer = threading.Thread(target=kill_the_first)
        killer.start()
        killing.callback(killer.join)
        crowd = stampede(address(server), PATH, clients=60)
    assert not crowd.errors
    assert len(crowd.bodies) == 1
    assert len(builders(log)) == 2
