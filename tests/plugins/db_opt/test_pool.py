"""Connections outlive restarts of the server, forks and rests; the server's limit is compared."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import TimeoutError as PoolTimeout

from blog_core.api import Query, QueryExecutor, Site, Unavailable, background_work
from plugins.db_opt import execute_query
from plugins.db_opt.server_limit import limit_health
from tests.flows.world import World

ONE = Query("one", text("SELECT 1 AS one"))


def end_sessions(url: str) -> None:
    """From outside the blog, as a restart of the server would."""
    from sqlalchemy import create_engine

    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    engine.dispose()


def test_a_connection_that_rested_is_asked_whether_it_is_alive(
    make_world: Callable[..., World], postgres_url: str
):
    world = make_world(postgres_url, plugins=["db_opt"], db_opt={"ping_after_s": 0.05})
    with world.site.activate():
        execute_query("SELECT 1")
        end_sessions(postgres_url)
        time.sleep(0.1)
        assert execute_query("SELECT 1 AS one")[0]["one"] == 1  # type: ignore[index]


def test_a_busy_connection_is_not_asked_but_all_are_once_one_is_dead(
    make_world: Callable[..., World], postgres_url: str
):
    world = make_world(postgres_url, plugins=["db_opt"], db_opt={"ping_after_s": 3600})
    with world.site.activate():
        engine = world.site.ports.executor.engine
        with engine.connect(), engine.connect():
            pass
        end_sessions(postgres_url)
        with pytest.raises(Unavailable):
            execute_query("SELECT 1")
        for _ in range(3):
            assert execute_query("SELECT 1 AS one")[0]["one"] == 1  # type: ignore[index]


def test_a_read_whose_connection_was_cut_is_sent_again(
    make_world: Callable[..., World], postgres_url: str
):
    world = make_world(postgres_url, plugins=["db_opt"], db_opt={"ping_after_s": 3600})
    world.site.read(ONE)
    end_sessions(postgres_url)
    assert world.site.read(ONE)[0]["one"] == 1


def test_inside_a_transaction_nothing_is_sent_again(
    make_world: Callable[..., World], postgres_url: str
):
    world = make_world(postgres_url, plugins=["db_opt"], db_opt={"ping_after_s": 3600})
    executor = world.site.ports.executor
    with pytest.raises(Unavailable):
        read_twice(executor, between=lambda: end_sessions(postgres_url))
    assert executor.run(ONE)[0]["one"] == 1


def read_twice(executor: QueryExecutor, between: Callable[[], None]) -> None:
    with executor.transaction():
        executor.run(ONE)
        between()
        executor.run(ONE)


FORKING = """
import os, sys
from blog_core import create_app
from plugins.db_opt import execute_query, get_db_pool
app = create_app({"database_url": sys.argv[1], "data_dir": sys.argv[2], "plugins": ["db_opt"]})
session = "pg_backend_pid()" if sys.argv[1].startswith("postgresql") else "0"
def who():
    return execute_query("SELECT " + session + " AS who")[0]["who"]
with app.extensions["blog"]["blog"].activate():
    parent = who()
    child = os.fork()
    if child == 0:
        inherited = get_db_pool().checkedin()
        os._exit(0 if inherited == 0 and (who() != parent or parent == 0) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, "the child"
    assert who() == parent and get_db_pool().checkedin() == 1, "the parent"
"""


def test_a_forked_child_has_connections_of_its_own_and_the_parent_keeps_its(
    database_url: str, tmp_path: Path
):
    command = [sys.executable, "-c", FORKING, database_url, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stderr


def test_more_connections_than_the_server_takes_are_told_at_the_start_and_by_health(
    make_world: Callable[..., World], postgres_url: str, caplog: pytest.LogCaptureFixture
):
    world = make_world(postgres_url, plugins=["db_opt"], db_opt={"pool_size": 200})
    told = "may open 203 connections, and the database server takes "
    assert told in caplog.text
    health = limit_health(world.site)
    assert (health.status, told in health.text) == ("degraded", True)


def test_a_pool_that_fits_is_fine(make_world: Callable[..., World], database_url: str):
    world = make_world(database_url, plugins=["db_opt"], db_opt={"pool_size": 5})
    health = limit_health(world.site)
    assert health.status == "ok"
    assert "may open 8 connections" in health.text


def test_background_work_never_takes_the_connections_of_the_pages(
    make_world: Callable[..., World], database_url: str
):
    world = make_world(
        database_url,
        plugins=["db_opt"],
        db_opt={"pool_size": 1, "background_pool_size": 1, "pool_wait_s": 0.1},
    )
    engine = world.site.ports.executor.engine
    with background_work(), engine.connect():
        with pytest.raises(PoolTimeout):
            engine.connect()
        with ThreadPoolExecutor() as reader:
            assert reader.submit(world.get, "/").result().status_code == 200
    with engine.connect(), background_work():
        assert world.site.read(ONE)[0]["one"] == 1


def limits(connection: Connection) -> dict[str, str]:
    names = (
        "application_name",
        "statement_timeout",
        "lock_timeout",
        "idle_in_transaction_session_timeout",
    )
    return {name: connection.execute(text(f"SHOW {name}")).scalar_one() for name in names}


def test_pages_have_short_limits_and_background_work_long_ones(
    make_world: Callable[..., World], postgres_url: str
):
    world = make_world(postgres_url, plugins=["db_opt"])
    engine = world.site.ports.executor.engine
    with engine.connect() as connection:
        assert list(limits(connection).values()) == ["blog/web", "5s", "1500ms", "15s"]
    with background_work(), engine.connect() as connection:
        assert list(limits(connection).values()) == ["blog/background", "5min", "1500ms", "1min"]


def test_what_the_address_of_the_database_says_itself_wins(
    make_world: Callable[..., World], postgres_url: str
):
    url = f"{postgres_url}?options=-c%20statement_timeout%3D7s"
    world = make_world(url, plugins=["db_opt"])
    with world.site.ports.executor.engine.connect() as connection:
        assert limits(connection)["statement_timeout"] == "7s"


def test_behind_pgbouncer_sessions_ask_for_nothing(
    make_world: Callable[..., World], postgres_url: str
):
    world = make_world(postgres_url, plugins=["db_opt"], db_opt={"pgbouncer": True})
    with world.site.ports.executor.engine.connect() as connection:
        assert list(limits(connection).values()) == ["blog/web", "0", "0", "0"]


def test_commands_and_jobs_are_background_work(
    make_world: Callable[..., World], postgres_url: str, tmp_path: Path
):
    world = make_world(postgres_url, plugins=["db_opt"])
    seen: list[str] = []
    done = threading.Event()

    def look(site: Site, _arguments: object) -> None:
        with site.ports.executor.engine.connect() as connection:
            seen.append(limits(connection)["application_name"])
        done.set()

    world.site.jobs.register("look", look)
    world.site.jobs.enqueue("look")
    world.app.test_cli_runner().invoke(args=["blog", "worker", "--once"])
    done.clear()
    world.site.jobs.enqueue("look")
    world.site.jobs.start_runner()
    done.wait(30)
    world.site.jobs.stop_runner()
    assert seen == ["blog/background", "blog/background"]
