"""The servers of the tests are real, come up empty, and leave nothing behind."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg2
import pytest
import redis
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page

from blog_core.testing.services import PostgresServer, ServiceError, ValkeyServer, WebServer

OWNER = """
import sys, time
from blog_core.testing.services import PostgresServer, ValkeyServer
server = {kind}.start()
print(server.pid, server.folder, flush=True)
time.sleep(60)
"""


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[:1]
    except OSError:
        return False


def becomes_true(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def hello() -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: "<h1>Hello</h1>")
    return app


def test_a_database_is_fresh_and_takes_statements(database_url: str) -> None:
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        assert sa.inspect(connection).get_table_names() == []
        connection.execute(sa.text("CREATE TABLE note (body TEXT)"))
    engine.dispose()


def test_postgresql_counts_its_statements(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE EXTENSION pg_stat_statements"))
        counted = connection.execute(sa.text("SELECT count(*) FROM pg_stat_statements")).scalar()
    engine.dispose()
    assert counted is not None


def test_a_database_can_be_copied_from_another(postgres_server: PostgresServer) -> None:
    first = postgres_server.create_database()
    engine = sa.create_engine(first)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE note AS SELECT 7 AS number"))
    engine.dispose()
    copy = postgres_server.create_database(template=first.rpartition("/")[2])
    engine = sa.create_engine(copy)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT number FROM note")).scalar() == 7
    engine.dispose()
    postgres_server.drop_database(first)
    postgres_server.drop_database(copy)


def test_a_dropped_database_takes_its_connections_along(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database()
    forgotten = psycopg2.connect(url.replace("+psycopg2", ""))
    postgres_server.drop_database(url)
    with pytest.raises(psycopg2.OperationalError):
        forgotten.cursor().execute("SELECT 1")
    forgotten.close()


@pytest.mark.parametrize("round_", [1, 2])
def test_valkey_is_empty_in_every_test(redis_url: str, round_: int) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


def test_an_app_is_served_from_this_process(serve: Callable[[Flask], str]) -> None:
    with urllib.request.urlopen(serve(hello())) as answer:
        assert answer.read() == b"<h1>Hello</h1>"


def test_an_app_is_served_by_granian(
    serve_process: Callable[..., WebServer], tmp_path: Path
) -> None:
    (tmp_path / "site_of_test.py").write_text(
        "from flask import Flask\n"
        "app = Flask(__name__)\n"
        "app.add_url_rule('/', 'home', lambda: 'Hi')\n"
    )
    server = serve_process("site_of_test:app", "--workers", "1", cwd=tmp_path)
    with urllib.request.urlopen(server.url) as answer:
        assert answer.read() == b"Hi"


def test_a_web_server_that_is_killed_leaves_no_worker_behind(
    serve_process: Callable[..., WebServer], tmp_path: Path
) -> None:
    (tmp_path / "site_of_test.py").write_text(
        "import os\n"
        "from flask import Flask\n"
        "app = Flask(__name__)\n"
        "app.add_url_rule('/', 'pid', lambda: str(os.getpid()))\n"
    )
    server = serve_process("site_of_test:app", "--workers", "1", cwd=tmp_path)
    with urllib.request.urlopen(server.url) as answer:
        worker = int(answer.read())
    assert worker != server.pid
    os.kill(server.pid, signal.SIGKILL)
    assert becomes_true(lambda: not is_alive(worker))


def test_the_browser_reads_a_page(page: Page, serve: Callable[[Flask], str]) -> None:
    page.goto(serve(hello()))
    assert page.get_by_role("heading").inner_text() == "Hello"


@pytest.mark.parametrize("kind", [PostgresServer, ValkeyServer])
def test_a_stopped_server_leaves_no_process_and_no_folder(
    kind: type[PostgresServer | ValkeyServer],
) -> None:
    with kind.start() as server:
        assert is_alive(server.pid)
        assert server.folder.exists()
    assert not is_alive(server.pid)
    assert not server.folder.exists()


@pytest.mark.parametrize("kind", ["PostgresServer", "ValkeyServer"])
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_server_ends_with_its_owner_however_that_ends(kind: str, end: signal.Signals) -> None:
    command = [sys.executable, "-c", OWNER.format(kind=kind)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as owner:
        assert owner.stdout is not None
        pid, folder = owner.stdout.readline().split()
        owner.send_signal(end)
    assert becomes_true(lambda: not is_alive(int(pid)))
    assert becomes_true(lambda: not Path(folder).exists())


def test_a_frozen_server_can_still_be_stopped() -> None:
    with ValkeyServer.start() as server:
        server.freeze()
        assert not server.answers()
    assert not is_alive(server.pid)


def test_a_thawed_server_answers_again() -> None:
    with ValkeyServer.start() as server:
        server.freeze()
        server.thaw()
        assert server.answers()


def test_a_killed_server_comes_back_on_the_same_port() -> None:
    with ValkeyServer.start() as first:
        os.kill(first.pid, signal.SIGKILL)
        assert becomes_true(lambda: not first.is_running)
        with ValkeyServer.start(port=first.port) as second:
            assert second.answers()


def test_a_server_that_cannot_start_shows_its_log(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match=r"(?s)PostgreSQL ended while starting.*no_such_setting"):
        PostgresServer.start(settings={"no_such_setting": "1"})


def test_a_taken_port_is_named() -> None:
    with ValkeyServer.start() as server, pytest.raises(ServiceError, match="in use"):
        ValkeyServer.start(port=server.port)


def test_a_missing_postgresql_is_told_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOG_TEST_SYSTEM_POSTGRES", "1")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("blog_core.testing.services.programs.POSTGRES_FOLDERS", ())
    with pytest.raises(ServiceError, match="No PostgreSQL server was found: install"):
        PostgresServer.start()
