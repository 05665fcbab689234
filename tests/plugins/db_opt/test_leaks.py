"""No connection is lost: what is not given back is taken back, and its borrower named."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import create_engine, text

from blog_core import Blog
from plugins.db_opt import execute_query, get_db_connection, get_db_pool, release_db_connection
from plugins.db_opt.leaks import leak_health, leak_ring
from tests.flows.world import World
from tests.plugins.db_opt.faults import ask, chosen, mount_faults

POOL_SIZE = 4
THREADS = 4


@pytest.fixture
def bare(make_world: Callable[..., World], database_url: str) -> World:
    """A blog outside of any app context, as a web server holds it."""
    return make_world(database_url, plugins=["db_opt"], db_opt={"pool_size": POOL_SIZE})


def line_of(file: str, content: str) -> int:
    """The number of the first line with this content."""
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.strip() == content)


def leaks(world: World) -> list[dict[str, object]]:
    return leak_ring(world.site.metrics).read()


def out(world: World) -> int:
    count: int = world.site.ports.executor.engine.pool.checkedout()  # type: ignore[attr-defined]
    return count


def opened(world: World) -> float:
    return world.site.metrics.value("blog_db_opt_connections_opened_total")


def test_a_connection_kept_past_the_context_is_taken_back_and_its_line_named(bare: World):
    with bare.site.activate():
        kept = get_db_connection()  # leaks
        kept.execute(text("UPDATE tag SET post_count = 99"))
        assert out(bare) == 1
    assert out(bare) == 0
    (leak,) = leaks(bare)
    line = line_of(__file__, "kept = get_db_connection()  # leaks")
    function = "test_a_connection_kept_past_the_context_is_taken_back_and_its_line_named"
    assert leak["where"] == f"{__file__}:{line} in {function}"
    assert leak["end"] == "context"
    assert opened(bare) == bare.site.metrics.value("blog_db_opt_connections_open")
    release_db_connection(kept)
    assert out(bare) == 0


def test_what_a_leaked_transaction_wrote_is_rolled_back(bare: World):
    with bare.site.activate():
        get_db_connection().execute(
            text("INSERT INTO tag (slug, name, description, post_count) VALUES ('x','x','',0)")
        )
    with bare.site.activate():
        assert execute_query("SELECT * FROM tag") == []
        execute_query("INSERT INTO tag (slug, name, description, post_count) VALUES ('y','y','',0)")


def test_a_thread_that_ends_without_giving_back_is_reported(bare: World):
    kept = []
    thread = threading.Thread(
        target=lambda: kept.append(bare.site.ports.executor.engine.connect()), name="importer"
    )
    thread.start()
    thread.join()
    assert out(bare) == 0
    (leak,) = leaks(bare)
    assert (leak["end"], leak["thread"]) == ("thread", "importer")


def test_a_forgotten_connection_is_reported(bare: World):
    bare.site.ports.executor.engine.connect()
    assert out(bare) == 0
    (leak,) = leaks(bare)
    assert leak["end"] == "forgotten"


def test_a_connection_of_the_request_that_another_thread_still_uses_is_closed(bare: World):
    before = opened(bare)
    with bare.site.activate():
        kept = []
        context = copy_context()
        thread = threading.Thread(
            target=context.run, args=(lambda: kept.append(get_db_connection()),)
        )
        thread.start()
        thread.join()
        assert out(bare) == 1
    assert out(bare) == 0
    assert len(leaks(bare)) == 1
    release_db_connection(kept[0])
    with bare.site.activate():
        execute_query("SELECT 1")
    assert opened(bare) <= before + 1


def test_settings_and_locks_of_a_leaked_session_do_not_reach_the_next_borrower(
    make_world: Callable[..., World], postgres_url: str
):
    world = make_world(postgres_url, plugins=["db_opt"], db_opt={"pool_size": 1})
    with world.site.activate():
        kept = get_db_connection()
        kept.execute(text("SET SESSION statement_timeout = '77s'"))
        kept.execute(text("SELECT pg_advisory_lock(4711)"))
        kept.commit()
    with world.site.activate():
        rows = execute_query(
            "SELECT current_setting('statement_timeout') AS limit,"
            " (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') AS locks"
        )
        assert not isinstance(rows, int)
        assert dict(rows[0]) == {"limit": "5s", "locks": 0}


def test_in_a_host_app_only_what_the_blog_borrows_is_its_business(
    postgres_url: str, tmp_path: Path
):
    app = Flask("host")
    app.config["SQLALCHEMY_DATABASE_URI"] = postgres_url
    db = SQLAlchemy(app)
    config = {"plugins": ["db_opt"], "data_dir": str(tmp_path), "environment": "test"}
    site = Blog().init_app(app, config=config)
    with site.activate():
        of_host = db.engine.connect()
        of_blog = get_db_connection()
    (leak,) = leak_ring(site.metrics).read()
    assert leak["where"].startswith(f"{__file__}:")
    assert of_host.scalar(text("SELECT 1")) == 1
    of_host.close()
    release_db_connection(of_blog)
    with app.app_context():
        db.engine.dispose()


def test_health_names_the_line_that_leaks(bare: World):
    assert leak_health(bare.site).status == "ok"
    with bare.site.activate():
        _kept = get_db_connection()
    health = leak_health(bare.site)
    assert health.status == "degraded"
    assert f"1 connection(s) were not given back in the last day, borrowed at {__file__}" in (
        health.text
    )


def test_faulted_requests_leave_no_connection_behind(bare: World, full_counts: bool):
    bare.app.testing = False
    paths = mount_faults(bare.app)
    count = 10_000 if full_counts else 1_000
    before = opened(bare)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda path: ask(bare.app, path), chosen(paths, count, seed=4)))
    assert out(bare) == 0
    assert opened(bare) - before <= POOL_SIZE
    named = {str(leak["where"]).rpartition(" in ")[2] for leak in leaks(bare)}
    assert named == {
        "forgets_a_connection",
        "keeps_a_connection",
        "leaves_a_transaction_open",
        "sends_nonsense",
        "rows",
        "work",
        "work_without_context",
    }
    with bare.site.activate():
        assert execute_query("SELECT * FROM tag") == []
        held = [get_db_connection() for _ in range(POOL_SIZE)]
        for connection in held:
            release_db_connection(connection)
        assert get_db_pool().checkedin() <= POOL_SIZE  # type: ignore[attr-defined]


def test_each_session_that_the_server_ends_costs_one_new_connection(
    make_world: Callable[..., World], postgres_url: str
):
    world = make_world(postgres_url, plugins=["db_opt"], db_opt={"pool_size": POOL_SIZE})
    world.app.testing = False
    paths, restarts = mount_faults(world.app), 0
    before = opened(world)
    for round_ in range(20):
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda path: ask(world.app, path), chosen(paths, 20, seed=round_)))
            restarts += end_a_session(postgres_url)
            list(pool.map(lambda path: ask(world.app, path), chosen(paths, 20, seed=-round_)))
    assert out(world) == 0
    assert restarts > 0
    assert opened(world) - before <= POOL_SIZE + restarts
    with world.site.activate():
        assert execute_query("SELECT 1 AS one")[0]["one"] == 1  # type: ignore[index]


def end_a_session(url: str) -> int:
    """Terminate one session that is lent or rests in the pool for pages; how many there were."""
    engine = create_engine(url)
    with engine.begin() as connection:
        ended = connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'blog/web' LIMIT 1"
            )
        ).all()
    engine.dispose()
    return len(ended)


WORKER = """
import sys
from blog_core import create_app
from plugins.db_opt import get_db_connection
from sqlalchemy import create_engine, text
app = create_app({"database_url": sys.argv[1], "data_dir": sys.argv[2], "plugins": ["db_opt"]})
with app.extensions["blog"]["blog"].activate():
    connection = get_db_connection()
    connection.execute(text("UPDATE tag SET post_count = 99"))
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_a_killed_worker_leaves_no_lock_and_no_session(
    bare: World, database_url: str, tmp_path: object
):
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, database_url, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    assert worker.stdin is not None
    assert worker.stdout.readline() == "ready\n"
    os.kill(worker.pid, signal.SIGKILL)
    worker.communicate()
    add = "INSERT INTO tag (slug, name, description, post_count) VALUES ('y','y','',0)"
    with bare.site.activate():
        execute_query(add)
        if database_url.startswith("postgresql"):
            assert soon(lambda: sessions() == 1)


def sessions() -> int:
    rows = execute_query("SELECT 1 FROM pg_stat_activity WHERE datname = current_database()")
    assert not isinstance(rows, int)
    return len(rows)


def soon(holds: Callable[[], bool]) -> bool:
    """Whether it holds within ten seconds."""
    end = time.monotonic() + 10
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()
