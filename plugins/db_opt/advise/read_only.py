"""A connection of the blog that cannot write, and that the database takes back after a while."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Engine

from blog_core.api import BlogError, schema_of
from plugins.db_opt.advise.form import quoted

LIMIT_S = 5.0
_STEPS = 10_000
"""Steps of SQLite's machine between two looks at the clock: a few hundred microseconds."""


class AdviceFailed(BlogError):
    """The advisor cannot do what it was asked for."""


class Refused(AdviceFailed):
    """The database did not run a statement: it took too long, or is wrong for this database."""


class ReadOnly:
    """Runs statements as the driver takes them; nothing is watched, counted or written."""

    def __init__(self, engine: Engine, driver: Any, limit_s: float = LIMIT_S) -> None:
        self.driver, self.limit_s, self.schema = driver, limit_s, schema_of(engine)
        self.is_postgres = engine.dialect.name == "postgresql"
        self._error: type[Exception] = engine.dialect.loaded_dbapi.Error
        self._ends_at = 0.0

    def rows(self, sql: str, params: Any = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement. Raises `Refused`."""
        self._ends_at = time.monotonic() + self.limit_s
        cursor = self.driver.cursor()
        try:
            cursor.execute(sql, params or (None if self.is_postgres else ()))
            return list(cursor.fetchall()) if cursor.description else []
        except self._error as error:
            raise Refused(str(error).partition("\n")[0]) from error
        finally:
            cursor.close()

    def forbid_writing(self) -> None:
        """From now on nothing is written, and no statement runs longer than the limit."""
        if self.is_postgres:
            self.driver.autocommit = True
            self.rows("SET default_transaction_read_only = on")
            self.limit_time()
        else:
            self.limit_time()
            self.rows("PRAGMA query_only = ON")

    def limit_time(self) -> None:
        """No statement runs longer than the limit."""
        if self.is_postgres:
            self.rows(f"SET statement_timeout = {round(self.limit_s * 1000)}")
        else:
            self.driver.set_progress_handler(lambda: time.monotonic() > self._ends_at, _STEPS)

    def table(self, name: str) -> str:
        """A table's name as SQL."""
        return f"{quoted(self.schema)}.{quoted(name)}" if self.schema else quoted(name)

    def row_count(self, table: str) -> int:
        """About how many rows a table has; what the database knows without counting, if it can."""
        with suppress(Refused):
            guess = self._guessed(table)
            if guess is not None and guess >= 0:
                return guess
        (counted,) = self.rows(f"SELECT count(*) FROM {self.table(table)}")[0]  # noqa: S608
        return int(counted)

    def _guessed(self, table: str) -> int | None:
        if not self.is_postgres:
            (highest,) = self.rows(f"SELECT max(rowid) FROM {self.table(table)}")[0]  # noqa: S608
            return highest or 0
        found = self.rows(
            "SELECT reltuples::bigint, relpages FROM pg_class WHERE oid = to_regclass(%s)",
            (self.table(table),),
        )
        return int(found[0][0]) if found and found[0][0] > 0 else None

    def sample(
        self, table: str, keys: Sequence[str], rows: int, most: int
    ) -> Mapping[str, Sequence[Any]]:
        """What these columns or expressions hold in up to `most` rows from all over the table.

        Expressions that the database refuses are left out.
        """
        for some in (keys, [key for key in keys if "(" not in key]):
            with suppress(Refused):  # a function that this database has not, or not for this type
                found = self._sampled(table, ", ".join(some), rows, most) if some else []
                return {key: [row[number] for row in found] for number, key in enumerate(some)}
        return {}

    def _sampled(self, table: str, chosen: str, rows: int, most: int) -> list[tuple[Any, ...]]:
        """All names are quoted ones of the catalogue, or what sqlglot read of a statement."""
        name = self.table(table)
        first = f"SELECT {chosen} FROM {name} LIMIT {most}"  # noqa: S608
        if rows <= most:
            return self.rows(first)
        if self.is_postgres:
            percent = min(100.0, 100.0 * 2 * most / rows)
            tablesample = f"TABLESAMPLE SYSTEM ({percent:.6f}) REPEATABLE (1)"
            return self.rows(
                f"SELECT {chosen} FROM {name} {tablesample} ORDER BY random() LIMIT {most}"  # noqa: S608
            )
        step = max(1, rows // most)
        numbers = (
            f"WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + {step} FROM n"  # noqa: S608
            f" WHERE x + {step} <= {rows})"
        )
        found = f"SELECT min(rowid) FROM {name} WHERE rowid >= n.x"  # noqa: S608
        with suppress(Refused):  # a table WITHOUT ROWID
            return self.rows(
                f"{numbers} SELECT {chosen} FROM n CROSS JOIN {name} AS sampled"  # noqa: S608
                f" WHERE sampled.rowid = ({found})"
            )
        return self.rows(first)


@contextmanager
def read_only(engine: Engine, limit_s: float = LIMIT_S) -> Iterator[ReadOnly]:
    """A connection of the pool's making, which is thrown away afterwards."""
    with taken(engine) as driver:
        reading = ReadOnly(engine, driver, limit_s)
        reading.forbid_writing()
        yield reading


@contextmanager
def taken(engine: Engine) -> Iterator[Any]:
    """A driver's connection that does not go back into the pool: what is set on it stays there."""
    borrowed = engine.raw_connection()
    try:
        yield borrowed.dbapi_connection
    finally:
        borrowed.invalidate()
