"""The exam of the query port."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, bindparam, select, text

from blog_core.errors import QueryError
from blog_core.ports import Query, QueryExecutor

_TABLES = MetaData()
THINGS = Table(
    "contract_thing", _TABLES, Column("id", Integer, primary_key=True), Column("name", String(50))
)
ALL_THINGS = Query("all_things", select(THINGS).order_by(THINGS.c.id))
ONE_THING = Query("one_thing", select(THINGS).where(THINGS.c.id == bindparam("id")))


class QueryExecutorContract:
    """Give `executor`: a provider on an empty database, which the exam leaves as it was."""

    @pytest.fixture
    def executor(self) -> QueryExecutor:
        """The provider under exam."""
        raise pytest.UsageError("Give this class a fixture `executor` that returns your provider.")

    @pytest.fixture
    def things(self, executor: QueryExecutor) -> Iterator[QueryExecutor]:
        """The provider, with a table of two things."""
        with executor.transaction() as connection:
            _TABLES.create_all(connection)
            connection.execute(THINGS.insert(), [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}])
        yield executor
        with executor.transaction() as connection:
            _TABLES.drop_all(connection)
        executor.close()

    def test_rows_come_as_mappings_in_order(self, things: QueryExecutor) -> None:
        rows = things.run(ALL_THINGS)
        assert [dict(row) for row in rows] == [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]
        assert len(rows) == 2

    def test_parameters_are_bound(self, things: QueryExecutor) -> None:
        assert [row["name"] for row in things.run(ONE_THING, {"id": 2})] == ["b"]
        assert things.run(ONE_THING, {"id": 99}) == []

    def test_a_parameter_is_data(self, things: QueryExecutor) -> None:
        by_name = Query("by_name", select(THINGS).where(THINGS.c.name == bindparam("name")))
        assert things.run(by_name, {"name": "' OR 1=1 --"}) == []

    def test_an_error_names_the_statement(self, things: QueryExecutor) -> None:
        with pytest.raises(QueryError, match="'of_nothing'"):
            things.run(Query("of_nothing", text("SELECT * FROM no_such_table")))
        assert len(things.run(ALL_THINGS)) == 2

    def test_a_transaction_is_committed_at_its_end(self, things: QueryExecutor) -> None:
        with things.transaction() as connection:
            connection.execute(THINGS.insert(), {"id": 3, "name": "c"})
        assert len(things.run(ALL_THINGS)) == 3

    def test_an_error_in_the_block_takes_everything_back_and_comes_out(
        self, things: QueryExecutor
    ) -> None:
        with pytest.raises(KeyError, match="mine"), things.transaction() as connection:
            connection.execute(THINGS.insert(), {"id": 3, "name": "c"})
            raise KeyError("mine")
        assert len(things.run(ALL_THINGS)) == 2

    def test_a_read_leaves_no_transaction_open(self, things: QueryExecutor) -> None:
        things.run(ALL_THINGS)
        with things.transaction() as connection:
            connection.execute(THINGS.update().values(name="z"))
        assert {row["name"] for row in things.run(ALL_THINGS)} == {"z"}

    def test_many_threads_read_and_write_at_once(self, things: QueryExecutor) -> None:
        def work(number: int) -> int:
            with things.transaction() as connection:
                connection.execute(THINGS.insert(), {"id": number, "name": "t"})
            return len(things.run(ALL_THINGS))

        with ThreadPoolExecutor(6) as pool:
            counts = list(pool.map(work, range(10, 34)))
        assert max(counts) == 26
        assert len(things.run(ALL_THINGS)) == 26

    def test_the_engine_is_there(self, things: QueryExecutor) -> None:
        assert isinstance(things.engine, Engine)

    def test_it_is_usable_again_after_it_was_closed(self, things: QueryExecutor) -> None:
        things.close()
        assert len(things.run(ALL_THINGS)) == 2
