"""Transactions: savepoints inside, what plugins hear, and reading one's own writes."""

import threading
from contextlib import suppress
from types import SimpleNamespace

import pytest
from sqlalchemy import event, select, text

from blog_core.changes import in_writing_transaction
from blog_core.errors import Unavailable
from blog_core.model import Post
from blog_core.model.database import reading
from blog_core.ports import Actor, Query
from blog_core.site import SYSTEM, PostChange

EDITOR = Actor(1, "Edith", "editor")
TITLE = Query("title", select(Post.title).where(Post.id == 1))


@pytest.fixture
def told(filled, monkeypatch):
    """What the plugins are told, in order."""
    heard = []
    host = SimpleNamespace(
        post_changed=lambda site, change: heard.append((change, filled.read(TITLE)[0]["title"])),
        contributions=filled.host.contributions,
    )
    monkeypatch.setattr(filled, "host", host)
    return heard


def note(session, kind):
    session.info["post_changes"].append(PostChange(1, kind, session.info["actor"]))


def test_the_session_knows_who_acts_and_where(filled):
    with filled.changes.transaction(EDITOR) as session:
        assert session.info["actor"] is EDITOR
        assert session.info["site"] is filled


def test_plugins_are_told_after_the_commit(filled, told):
    with filled.transaction(EDITOR) as session:
        session.get_one(Post, 1).title = "New"
        note(session, "updated")
        assert told == []
    assert told == [(PostChange(1, "updated", EDITOR), "New")]


def test_plugins_are_not_told_of_what_was_rolled_back(filled, told):
    with suppress(ZeroDivisionError), filled.transaction(EDITOR) as session:
        note(session, "updated")
        raise ZeroDivisionError
    assert told == []


def test_a_change_noted_in_a_savepoint_goes_with_it(filled, told):
    with filled.transaction(EDITOR) as session:
        note(session, "updated")
        with suppress(ZeroDivisionError), session.begin_nested():
            note(session, "deleted")
            raise ZeroDivisionError
        with session.begin_nested():
            note(session, "commented")
    assert [change.kind for change, _ in told] == ["updated", "commented"]


def test_a_transaction_inside_a_transaction_is_a_savepoint_of_it(filled):
    with filled.transaction(SYSTEM) as outer:
        outer.get_one(Post, 1).title = "Outer"
        with suppress(ZeroDivisionError), filled.changes.transaction(EDITOR) as inner:
            assert inner is outer
            assert inner.info["actor"] is EDITOR
            inner.get_one(Post, 1).title = "Inner"
            inner.flush()
            raise ZeroDivisionError
        assert outer.info["actor"] is SYSTEM
    assert filled.read(TITLE)[0]["title"] == "Outer"


def test_reads_inside_a_transaction_see_its_writes(filled):
    with filled.transaction(SYSTEM) as session:
        session.get_one(Post, 1).title = "New"
        assert filled.read(TITLE)[0]["title"] == "New"
    with filled.ports.executor.transaction() as connection:
        connection.execute(text("UPDATE post SET title = 'Newer' WHERE id = 1"))
        assert filled.read(TITLE)[0]["title"] == "Newer"


def test_other_threads_do_not_see_them_before_the_commit(filled):
    seen = []
    with filled.transaction(SYSTEM) as session:
        session.get_one(Post, 1).title = "New"
        session.flush()
        other = threading.Thread(target=lambda: seen.append(filled.read(TITLE)[0]["title"]))
        other.start()
        other.join()
    assert seen == ["P1"]


def test_inside_a_transaction_that_writes_caches_are_bypassed(filled):
    assert not in_writing_transaction()
    with filled.transaction(SYSTEM):
        assert in_writing_transaction()
    assert not in_writing_transaction()


def test_a_connection_that_has_written_counts_until_it_ends(filled):
    with filled.ports.executor.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        assert not in_writing_transaction()
        connection.execute(text("UPDATE post SET title = 'x' WHERE id = 1"))
        assert in_writing_transaction()
        connection.rollback()
        assert not in_writing_transaction()
        connection.execute(text("UPDATE post SET title = 'x' WHERE id = 1"))
        assert in_writing_transaction()
    assert not in_writing_transaction()


def test_reading_alone_is_not_writing(filled):
    with reading(filled.ports.executor.engine) as connection:
        connection.execute(select(Post.id)).all()
        assert not in_writing_transaction()


def test_a_busy_database_is_unavailable(filled):
    engine = filled.ports.executor.engine
    with engine.connect() as holder:
        if engine.dialect.name == "sqlite":
            holder.exec_driver_sql("SELECT 1")  # every transaction holds SQLite's one write lock
            event.listen(engine, "checkout", impatient, once=True)
        else:
            holder.exec_driver_sql("LOCK TABLE post")
        with (
            pytest.raises(Unavailable, match="busy with another write"),
            filled.transaction(SYSTEM) as session,
        ):
            session.get_one(Post, 1).title = "Never"


def impatient(connection, *_details):
    connection.execute("PRAGMA busy_timeout = 10")
