"""Many rows into one table as fast as the database takes them: COPY, or the driver's executemany.

Values are what the driver stores as it is: text, whole numbers and None. Times are ISO text with
microseconds, as SQLite keeps them and PostgreSQL reads them.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import StringIO
from typing import Any, TypeAlias

from sqlalchemy import Connection, Table, func, select, text

from blog_core.model.database import schema_of

Row: TypeAlias = Sequence[str | int | None]
_COPY_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row]
) -> None:
    """Insert `rows`, each with the values of `columns` in their order."""
    unknown = [name for name in columns if name not in table.c]
    if unknown:
        raise KeyError(f"{table.name} has no column {unknown[0]!r}")
    if not rows:
        return
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in columns)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})"  # noqa: S608
        connection.exec_driver_sql(statement, [tuple(row) for row in rows])
    else:
        _copy(connection, f"COPY {_place(connection, table)} ({names}) FROM STDIN", rows)


def free_ids(connection: Connection, table: Table, count: int) -> Sequence[int]:
    """`count` primary keys that nobody else gets, in rising order."""
    if connection.dialect.name == "sqlite":
        # This transaction is the only one that writes.
        last = connection.scalar(select(func.max(table.c.id))) or 0
        return range(last + 1, last + count + 1)
    sequence = text(
        "SELECT nextval(pg_get_serial_sequence(:place, 'id')) FROM generate_series(1, :count)"
    )
    ids = connection.scalars(sequence, {"place": _place(connection, table), "count": count})
    return sorted(ids)


def stored_time(moment: datetime | None) -> str | None:
    """An instant as both databases take it."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(" ", "microseconds")[:26]


def _copy(connection: Connection, statement: str, rows: Iterable[Row]) -> None:
    lines = ("\t".join(map(_copied, row)) for row in rows)
    with_end = StringIO("\n".join(lines) + "\n")
    driver: Any = connection.connection.driver_connection  # psycopg2's own method is needed
    with driver.cursor() as cursor:
        cursor.copy_expert(statement, with_end)


def _copied(value: str | int | None) -> str:
    if value is None:
        return "\\N"
    return value.translate(_COPY_ESCAPES) if isinstance(value, str) else str(value)


def _place(connection: Connection, table: Table) -> str:
    quote = connection.dialect.identifier_preparer.quote
    schema = schema_of(connection.engine)
    return f"{quote(schema)}.{quote(table.name)}" if schema else quote(table.name)
