"""Every road of writing touches the same tags, and their stamps have moved when it returns."""

import subprocess
import sys
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from sqlalchemy import insert, text, update

from blog_core.model import Account, Comment, Post, PostTag, Tag
from blog_core.model.database import reading
from blog_core.site import SYSTEM
from tests.changes.rows import NOW, comment, post, post_values

TITLE_CHANGED = {"post:1", "posts", "updates", "tag:1", "account:1"}
RENAME = "UPDATE post SET title = 'Raw' WHERE id = 1"


def orm(site):
    with site.transaction(SYSTEM) as session:
        session.get_one(Post, 1).title = "New"


def orm_update_statement(site):
    with site.transaction(SYSTEM) as session:
        session.execute(update(Post).where(Post.id == 1).values(title="New"))


def orm_bulk_update_by_primary_key(site):
    with site.transaction(SYSTEM) as session:
        session.execute(update(Post), [{"id": 1, "title": "New"}])


def core_in_the_executor(site):
    with site.ports.executor.transaction() as connection:
        connection.execute(update(Post.__table__).where(Post.id == 1).values(title="New"))


def core_on_the_engine(site):
    with site.ports.executor.engine.begin() as connection:
        connection.execute(update(Post.__table__).where(Post.id == 1).values(title="New"))


def raw_text(site):
    with site.ports.executor.engine.connect() as connection:
        connection.execute(text(RENAME))
        connection.commit()


def raw_text_that_returns_rows(site):
    with site.ports.executor.engine.begin() as connection:
        connection.execute(text(f"/* a note */ {RENAME} RETURNING id")).all()


def driver_executemany(site):
    mark = "?" if site.ports.executor.engine.dialect.name == "sqlite" else "%s"
    with site.ports.executor.engine.begin() as connection:
        sql = f"UPDATE post SET title = {mark} WHERE id = {mark}"
        connection.exec_driver_sql(sql, [("New", 1), ("Newer", 1)])


def host_session(site):
    with site.app.app_context():
        db = site.app.extensions["sqlalchemy"]
        db.session.get(Post, 1).title = "New"
        db.session.commit()


def autocommit(site):
    engine = site.ports.executor.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(RENAME))


def autocommit_that_returns_rows(site):
    engine = site.ports.executor.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"{RENAME} RETURNING id")).all()


def reading_connection(site):
    with reading(site.ports.executor.engine) as connection:
        connection.execute(text(RENAME))


def transaction_by_hand(site):
    with reading(site.ports.executor.engine) as connection:
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql(RENAME)
        connection.exec_driver_sql("COMMIT")


ROADS = [
    orm,
    orm_update_statement,
    orm_bulk_update_by_primary_key,
    core_in_the_executor,
    core_on_the_engine,
    raw_text,
    raw_text_that_returns_rows,
    driver_executemany,
    host_session,
    autocommit,
    autocommit_that_returns_rows,
    reading_connection,
    transaction_by_hand,
]


@pytest.mark.parametrize("road", ROADS)
def test_a_changed_title_is_announced_before_the_writer_goes_on(filled, ear, road):
    with ear() as heard:
        road(filled)
    assert heard.tags == TITLE_CHANGED
    assert heard.moved
    assert not heard.all_moved


def test_what_is_rolled_back_touches_nothing(filled, ear):
    with ear() as heard, suppress(ZeroDivisionError), filled.transaction(SYSTEM) as session:
        session.get_one(Post, 1).title = "Never"
        session.flush()
        raise ZeroDivisionError
    assert heard.tags == set()
    assert not heard.all_moved


def test_a_savepoint_rolled_back_touches_nothing_and_the_rest_does(filled, ear):
    with ear() as heard, filled.transaction(SYSTEM) as session:
        with suppress(ZeroDivisionError), session.begin_nested():
            session.get_one(Post, 1).title = "Never"
            session.flush()
            raise ZeroDivisionError
        session.get_one(Post, 2).title = "Draft"
    assert heard.tags == {"post:2"}
    assert heard.moved


def test_old_and_new_values_are_both_touched(filled, ear):
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.get_one(Post, 1).author_id = 2
    assert {"account:1", "account:2"} <= heard.tags


def test_hiding_a_post_touches_the_lists_it_was_in(filled, ear):
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.get_one(Post, 1).status = "hidden"
    assert heard.tags == TITLE_CHANGED


def test_a_body_does_not_touch_the_lists(filled, ear):
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.get_one(Post, 1).body = "Other"
    assert heard.tags == {"post:1", "updates"}


def test_a_draft_touches_itself_only(filled, ear):
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.get_one(Post, 2).title = "Other"
    assert heard.tags == {"post:2"}


def test_counters_touch_the_post_only(filled, ear):
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.execute(update(Post).where(Post.id == 1).values(comment_count=3))
    assert heard.tags == {"post:1"}


def test_an_inserted_post_touches_the_lists(filled, ear):
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.add(post(9))
    assert heard.tags == {"post:9", "posts", "updates", "account:1"}


def test_rows_inserted_together_are_all_touched(filled, ear):
    rows = [post_values(number) | {"id": number} for number in range(10, 15)]
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.execute(insert(Post), rows)
    assert {f"post:{number}" for number in range(10, 15)} <= heard.tags


def test_a_deleted_post_touches_what_its_rows_stood_in(filled, ear):
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.delete(session.get_one(Post, 1))
    assert heard.tags == TITLE_CHANGED | {"tags", "accounts"}


def test_a_tag_given_to_a_post_touches_both(filled, ear):
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.add(PostTag(post_id=3, tag_id=2, publish_at=NOW))
    assert heard.tags == {"post:3", "tag:2", "tags", "updates"}


def test_a_new_comment_is_not_heard_by_readers_before_it_is_approved(filled, ear):
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.add(comment(1))
    assert heard.tags == {"thread:1"}
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.execute(update(Comment).values(status="approved"))
    assert heard.tags == {"thread:1", "post:1", "comments"}


def test_a_comment_taken_back_is_heard(filled, ear):
    with filled.transaction(SYSTEM) as session:
        session.add(comment(1, status="approved"))
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.execute(update(Comment).values(status="spam"))
    assert heard.tags == {"thread:1", "post:1", "comments"}


@pytest.mark.parametrize("table", [Tag, Account])
def test_a_new_name_touches_everything(filled, ear, table):
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.get_one(table, 1).name = "Renamed"
    assert heard.all_moved


@pytest.mark.parametrize("table", [Tag, Account])
def test_another_column_of_a_named_thing_does_not(filled, ear, table):
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.get_one(table, 1).post_count = 7
    assert heard.moved
    assert not heard.all_moved


def test_a_password_touches_nothing(filled, ear):
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.get_one(Account, 1).password_hash = "secret"
    assert heard.tags == set()


def test_more_than_500_tags_in_a_transaction_touch_everything(filled, ear):
    rows = [post_values(number) | {"id": number} for number in range(1000, 1600)]
    with ear() as heard, filled.transaction(SYSTEM) as session:
        session.execute(insert(Post), rows)
    assert heard.all_moved


FOREIGN = {
    "sqlite": (
        "import sqlite3,sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"
    ),
    "postgresql": (
        "import psycopg2,sys; c = psycopg2.connect(sys.argv[1]); c.cursor().execute(sys.argv[2]);"
        "c.commit()"
    ),
}


def foreign_write(database_url: str, sql: str) -> None:
    """Write as another program does: the driver alone, nothing of ours."""
    scheme = urlsplit(database_url).scheme.partition("+")[0]
    place = database_url.removeprefix("sqlite:///").replace("+psycopg2", "")
    subprocess.run([sys.executable, "-c", FOREIGN[scheme], place, sql], check=True)


def test_another_programs_write_is_heard_at_the_next_look(filled, ear, database_url):
    filled.changes.relay.look_now()
    with ear() as heard:
        foreign_write(database_url, RENAME)
        filled.changes.relay.look_now()
    assert heard.tags == TITLE_CHANGED
    assert heard.moved
    assert not heard.all_moved


def test_a_borrowed_connections_write_is_heard_at_the_next_look(filled, ear):
    filled.changes.relay.look_now()
    with ear() as heard:
        borrowed = filled.ports.executor.engine.raw_connection()
        borrowed.cursor().execute(RENAME)
        borrowed.commit()
        borrowed.close()
        filled.changes.relay.look_now()
    assert heard.tags == TITLE_CHANGED
    assert heard.moved
