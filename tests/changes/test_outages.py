"""PostgreSQL away or frozen: readers of the stamps are neither held up nor told."""

import threading

import pytest

from blog_core.testing.services import PostgresServer
from tests.changes.test_roads import foreign_write


@pytest.fixture(scope="module")
def server():
    with PostgresServer.start() as server:
        yield server


@pytest.fixture(scope="module")
def database_url(server):
    return server.url


def test_a_frozen_database_holds_up_nobody_who_reads_stamps(filled, server):
    stamps = filled.changes.stamps
    stamp = stamps.read(["post:1"])
    stamps.moved(stamp)
    server.freeze()
    try:
        read = [threading.Thread(target=stamps.moved, args=(stamp,)) for _ in range(3)]
        stamps.watch(filled.changes.relay.look)  # it is time to look
        for thread in read:
            thread.start()
        for thread in read:
            thread.join(timeout=5)
        assert not any(thread.is_alive() for thread in read)
    finally:
        server.thaw()


def test_a_database_that_cannot_be_asked_is_told_once(filled, database_url, caplog):
    foreign_write(database_url, "DROP TABLE outbox")
    filled.changes.relay.look_now()
    filled.changes.relay.look_now()
    health = filled.changes.health()
    assert health.status == "degraded"
    assert health.text.startswith("Writes by other programs are not heard of: ")
    assert caplog.text.count("Writes by other programs are not heard of") == 1
