"""Bulk mode: thousands of rows, one entry in the outbox, everything invalid once."""

from contextlib import suppress

from sqlalchemy import insert

from blog_core.changes import bulk
from blog_core.model import Post
from blog_core.site import SYSTEM
from tests.changes.rows import post_values


def rows(first: int, count: int = 50) -> list[dict[str, object]]:
    return [post_values(number) | {"id": number} for number in range(first, first + count)]


def outbox_tags(ear) -> list[str]:
    return [tag for _, tag in ear.rows()]


def test_bulk_mode_leaves_one_entry_and_moves_the_epoch_once(filled, ear, monkeypatch):
    epochs = []
    move_epoch = filled.changes.stamps.move_epoch
    monkeypatch.setattr(
        filled.changes.stamps, "move_epoch", lambda: (epochs.append(1), move_epoch())
    )
    before = len(outbox_tags(ear))
    with ear() as heard, filled.transaction(SYSTEM) as session, bulk(session):
        session.execute(insert(Post), rows(100))
        assert epochs == []
        session.execute(insert(Post), rows(200))
    assert outbox_tags(ear)[before:] == ["*"]
    assert heard.all_moved
    assert epochs == [1]


def test_after_bulk_mode_writes_are_heard_again(filled, ear):
    with filled.transaction(SYSTEM) as session:
        with bulk(session):
            session.execute(insert(Post), rows(100))
        session.get_one(Post, 1).body = "In the same transaction"
    assert sorted(outbox_tags(ear)[-3:]) == ["*", "post:1", "updates"]
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.get_one(Post, 1).body = "In the next"
    assert heard.tags == {"post:1", "updates"}
    assert not heard.all_moved


def test_bulk_mode_that_fails_leaves_nothing_and_no_trigger_missing(filled, ear):
    before = outbox_tags(ear)
    with suppress(ZeroDivisionError), filled.transaction(SYSTEM) as session, bulk(session):
        session.execute(insert(Post), rows(100))
        raise ZeroDivisionError
    assert outbox_tags(ear) == before
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.get_one(Post, 1).body = "Other"
    assert heard.tags == {"post:1", "updates"}


def test_bulk_mode_in_a_savepoint_that_fails_is_undone_with_it(filled, ear):
    with ear() as heard, filled.transaction(SYSTEM) as session:
        with suppress(ZeroDivisionError), session.begin_nested(), bulk(session):
            session.execute(insert(Post), rows(100))
            raise ZeroDivisionError
        session.get_one(Post, 1).body = "Other"
    assert heard.tags == {"post:1", "updates"}


def test_bulk_mode_inside_bulk_mode_ends_with_the_outer_one(filled, ear):
    with ear() as heard, filled.transaction(SYSTEM) as session, bulk(session):
        with bulk(session):
            session.execute(insert(Post), rows(100))
        session.execute(insert(Post), rows(200))
    assert heard.tags == {"*"}
