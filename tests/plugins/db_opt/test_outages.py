"""The database stopped, frozen, slow or locked: answers come, nothing typed is lost, it recovers.

How long each answer takes is measured by `dev.py bench outage`; here it only has to come at all,
which it does not when one forgets a limit.
"""

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import make_url

from blog_core.background import background_work
from blog_core.testing.services.tethered import free_port
from plugins.db_opt import execute_query
from plugins.db_opt.breaker import FAILURES, outage_health
from tests.editor.form import Form, opened, send
from tests.flows.world import World
from tests.plugins.db_opt.outages import Listener, RestartedServer, frozen, wait_for

TYPED = {"title": "Kept", "body": "Every word of it."}
THREADS = 8


@pytest.fixture(scope="module")
def server() -> Iterator[RestartedServer]:
    with RestartedServer.start() as server:
        yield server


@pytest.fixture
def blog(
    make_world: Callable[..., World], server: RestartedServer
) -> Iterator[tuple[World, FlaskClient, Form]]:
    """A blog, the browser of an author, and the form that is open in it."""
    url = server.create_database()
    world = make_world(url, plugins=["db_opt", "cache"], db_opt={"pool_size": 4})
    author = world.account("author")
    world.post(author, "Read often")
    world.draft(author, "Begun")
    world.site.changes.relay.look_now()  # the first look invalidates everything
    writer = world.signed_in("author")
    yield world, writer, opened(writer, "/admin/posts/new")
    world.site.changes.close()
    world.site.ports.executor.close()
    server.drop_database(url)


def typed_comes_back(answer: Any) -> None:
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    fields = Form(answer.get_data(as_text=True)).fields
    assert {name: fields[name] for name in TYPED} == TYPED


def is_back(world: World) -> bool:
    return bool(world.get("/tags/none").status_code == 404)


def save(writer: FlaskClient, form: Form) -> Any:
    return send(writer, form, **TYPED)


def test_a_stopped_server_costs_no_cached_page_and_no_typed_word(
    blog: tuple[World, FlaskClient, Form], server: RestartedServer
):
    world, writer, form = blog
    page = world.get("/").get_data()
    server.down()
    try:
        typed_comes_back(save(writer, form))
        for _ in range(FAILURES):
            assert world.get("/tags/none").status_code == 503
        again = world.get("/")
        assert (again.status_code, again.get_data()) == (200, page)
        world.clock.forward(hours=2)  # what has expired by time is still better than an error
        assert world.get("/").status_code == 200
        assert outage_health(world.site).status == "ill"
    finally:
        server.up()
    wait_for(lambda: is_back(world))
    assert save(writer, form).status_code == 303
    assert outage_health(world.site).status == "ok"
    assert world.site.metrics.value("blog_db_opt_outages_total") == 1


def test_a_post_that_is_open_keeps_what_was_typed_while_the_server_was_stopped(
    blog: tuple[World, FlaskClient, Form], server: RestartedServer
):
    world, writer, _form = blog
    form = opened(writer, "/admin/posts/2/edit")
    server.down()
    try:
        answer = save(writer, form)
        typed_comes_back(answer)
    finally:
        server.up()
    wait_for(lambda: is_back(world))
    assert save(writer, Form(answer.get_data(as_text=True))).status_code == 303


def test_a_frozen_server_is_noticed_by_who_waits_for_it(
    blog: tuple[World, FlaskClient, Form], server: RestartedServer
):
    world, writer, form = blog
    page = world.get("/").get_data()
    with frozen(server):
        typed_comes_back(save(writer, form))
        assert world.get("/tags/none").status_code == 503
        assert world.get("/").get_data() == page
    wait_for(lambda: is_back(world))
    assert save(writer, form).status_code == 303


def test_background_work_waits_for_a_frozen_server(
    blog: tuple[World, FlaskClient, Form], server: RestartedServer
):
    world, writer, form = blog
    began = threading.Event()
    done: list[Any] = []

    def work() -> None:
        with world.site.activate(), background_work():
            began.set()
            done.append(execute_query("SELECT 7 AS seven FROM pg_sleep(1)"))

    worker = threading.Thread(target=work)
    worker.start()
    began.wait()
    wait_for(lambda: _sleeps(world))
    with frozen(server):
        typed_comes_back(save(writer, form))
        assert not done
    worker.join()
    assert done == [[{"seven": 7}]]


def _sleeps(world: World) -> bool:
    asked = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    with world.site.activate():
        return bool(execute_query(asked))


def test_a_frozen_server_lets_nobody_wait_who_has_no_connection_yet(
    blog: tuple[World, FlaskClient, Form], server: RestartedServer
):
    world, writer, form = blog
    world.site.ports.executor.close()
    with frozen(server):
        typed_comes_back(save(writer, form))
    wait_for(lambda: is_back(world))


def test_a_slow_statement_is_not_taken_for_a_frozen_server(
    blog: tuple[World, FlaskClient, Form],
):
    world, _writer, _form = blog
    before = world.site.metrics.value("blog_db_opt_connections_opened_total")
    with world.site.activate():
        execute_query("SELECT pg_sleep(1.6)")
    assert world.site.metrics.value("blog_db_opt_outages_total") == 0
    assert world.site.metrics.value("blog_db_opt_connections_opened_total") == before


def test_a_write_that_the_database_is_slow_with_is_ended_and_its_text_comes_back(
    blog: tuple[World, FlaskClient, Form],
):
    world, writer, form = blog
    with world.site.activate():
        execute_query(
            "CREATE FUNCTION sleepy() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END'"
        )
        execute_query(
            "CREATE TRIGGER sleepy BEFORE INSERT ON post FOR EACH ROW EXECUTE FUNCTION sleepy()"
        )
    typed_comes_back(save(writer, form))


def test_a_write_that_waits_for_a_lock_is_ended_and_its_text_comes_back(
    blog: tuple[World, FlaskClient, Form],
):
    world, writer, form = blog
    engine = world.site.ports.executor.engine
    with engine.connect() as holder:
        holder.exec_driver_sql("LOCK TABLE post IN EXCLUSIVE MODE")
        typed_comes_back(save(writer, form))
        holder.rollback()
    assert save(writer, form).status_code == 303


def test_sqlite_locked_by_another_program_gives_the_text_back(
    make_world: Callable[..., World], sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("blog_core.model.database.BUSY_TIMEOUT_MS", 50)
    world = make_world(sqlite_url, plugins=["db_opt"])
    world.account("author")
    writer = world.signed_in("author")
    form = opened(writer, "/admin/posts/new")
    other = sqlite3.connect(str(make_url(sqlite_url).database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    typed_comes_back(save(writer, form))
    other.execute("ROLLBACK")
    other.close()
    assert save(writer, form).status_code == 303


@contextmanager
def hammered(world: World) -> Iterator[None]:
    """Readers of pages that are not cached, as fast as they can, until the block ends."""
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            with suppress(Exception):
                world.get("/tags/none")

    readers = [threading.Thread(target=read) for _ in range(THREADS)]
    for reader in readers:
        reader.start()
    try:
        yield
    finally:
        over.set()
        for reader in readers:
            reader.join()


@pytest.mark.parametrize("answers", [True, False], ids=["hangs up", "says nothing"])
def test_a_server_that_is_away_is_not_stormed(
    make_world: Callable[..., World], server: RestartedServer, *, answers: bool, tmp_path: Path
):
    # Else libpq tries everything twice.
    url = f"{server.create_database()}?sslmode=disable&gssencmode=disable"
    size = 4
    world = make_world(url, plugins=["db_opt"], db_opt={"pool_size": size})
    world.app.testing = False
    server.down()
    listener = Listener(server.port, answers=answers)
    try:
        world.site.ports.executor.close()
        with hammered(world):
            wait_for(lambda: listener.names.count("blog/sentry") >= 4)
        came = Counter(listener.names)
        # The first ones and who was under way with them; then nobody but who asks once a second,
        # and every other second the ear that listens for the writes of other hosts.
        assert came["blog/web"] + came["blog/background"] <= FAILURES + size
        assert came["blog/ear"] <= came["blog/sentry"]
        assert sum(came.values()) <= FAILURES + size + 2 * came["blog/sentry"]
    finally:
        listener.close()
        server.up()
    wait_for(lambda: is_back(world))
    world.site.changes.close()
    world.site.ports.executor.close()
    server.drop_database(url)


def test_the_free_port_of_nobody_is_told_at_once(make_world: Callable[..., World]):
    url = f"postgresql+psycopg2://postgres@127.0.0.1:{free_port()}/postgres"
    with pytest.raises(Exception, match="cannot be reached"):
        make_world(url, plugins=["db_opt"])
