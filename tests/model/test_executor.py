"""The core's executor: rows, transactions, and errors that say what to do."""

from contextlib import suppress

import pytest
from sqlalchemy import bindparam, make_url, text

from blog_core.defaults.executor import CoreExecutor
from blog_core.errors import QueryError, Unavailable
from blog_core.model.database import own_engine
from blog_core.ports import Query, QueryExecutor

NOTES = Query("notes", text("SELECT body FROM note ORDER BY body"))
ONE_NOTE = Query(
    "one", text("SELECT body FROM note WHERE body = :body").bindparams(bindparam("body"))
)
ADD = text("INSERT INTO note VALUES (:body)")


@pytest.fixture
def executor(engine):
    executor = CoreExecutor(engine)
    with executor.transaction() as connection:
        connection.execute(text("CREATE TABLE note (body varchar(9))"))
    return executor


def test_it_is_a_query_executor(executor):
    assert isinstance(executor, QueryExecutor)


def test_rows_are_mappings(executor):
    with executor.transaction() as connection:
        connection.execute(ADD, [{"body": "a"}, {"body": "b"}])
    assert [row["body"] for row in executor.run(NOTES)] == ["a", "b"]
    assert executor.run(ONE_NOTE, {"body": "b"}) == [{"body": "b"}]


def test_an_error_in_the_block_takes_everything_back(executor):
    with suppress(ZeroDivisionError), executor.transaction() as connection:
        connection.execute(ADD, {"body": "a"})
        raise ZeroDivisionError
    assert executor.run(NOTES) == []


def test_it_is_usable_after_it_was_closed(executor):
    executor.close()
    assert executor.run(NOTES) == []


def test_a_wrong_statement_is_named(executor):
    with pytest.raises(QueryError, match=r"Query 'typo': .*SELEKT"):
        executor.run(Query("typo", text("SELEKT 1")))


def test_a_missing_table_says_to_migrate(executor):
    with pytest.raises(QueryError, match=r"Query 'posts': .*run `blog migrate`"):
        executor.run(Query("posts", text("SELECT 1 FROM post")))


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////nowhere/at/all/blog.db",
        "postgresql+psycopg2://nobody@127.0.0.1:1/nothing",
    ],
)
def test_a_database_that_is_away_is_unavailable(url):
    executor = CoreExecutor(own_engine(make_url(url)))
    with pytest.raises(Unavailable, match="The database cannot be reached"):
        executor.run(NOTES)
    with pytest.raises(Unavailable, match="The database cannot be reached"), executor.transaction():
        pass


def test_no_free_connection_is_unavailable(database_url):
    engine = own_engine(make_url(database_url), pool_size=1, pool_timeout=0.01)
    executor = CoreExecutor(engine)
    with engine.connect(), pytest.raises(Unavailable, match="connections are in use"):
        executor.run(NOTES)
    executor.close()


def test_a_statement_that_takes_too_long_is_unavailable(postgres_url):
    url = make_url(postgres_url).update_query_dict({"options": "-c statement_timeout=20ms"})
    executor = CoreExecutor(own_engine(url))
    with pytest.raises(Unavailable, match="took longer than it may"):
        executor.run(Query("slow", text("SELECT pg_sleep(5)")))
    executor.close()
