"""Building and dropping indexes while people read and write.

PostgreSQL does both concurrently: nobody who writes waits. It waits itself for transactions that
are older, so its patience is minutes; what an interrupted build leaves behind is dropped first.
SQLite has one writer, and that is the build for as long as it takes.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, Index, text
from sqlalchemy.schema import CreateIndex, DropIndex

from blog_core.api import BlogError, schema_of
from plugins.db_opt.built import Built
from plugins.db_opt.index_definition import Definition

if TYPE_CHECKING:
    from blog_core.api import Site
    from plugins.db_opt.index_report import IndexReport

PATIENCE = "5min"
SAMPLE_ROWS = 20_000
_COMMAND = "indexes"
Tell = Callable[[str], None]

_LOCK = text("SELECT pg_try_advisory_lock(hashtext('blog db indexes'), hashtext(:schema))")
_OLDER = text(
    "SELECT pid, application_name, round(extract(epoch FROM now() - xact_start)) AS age_s"
    " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND xact_start < now() - interval '1 second' ORDER BY xact_start"
)


class IndexesBusy(BlogError):
    """Somebody else builds indexes on this database."""

    def __init__(self) -> None:
        super().__init__(
            "Another process builds or drops indexes of this database now. Wait for it, then run "
            "`blog db indexes` again."
        )


def apply(site: "Site", report: "IndexReport", tell: Tell) -> list[str]:
    """Build what is missing, replace what differs, drop remnants; the names that were built.

    Raises `IndexesBusy` when another process is at it.
    """
    built: list[str] = []
    applied = Built.by(site, _COMMAND)
    with alone(site.ports.executor.engine) as connection:
        tell_of_older(connection, tell)
        for remnant in report.invalid:
            _drop(connection, _named(remnant.name, remnant.definition.table, site))
            tell(f"dropped  {remnant.name}")
        for declared, _old in report.changed:
            _drop(connection, declared.index)
            _create(connection, declared.index)
            tell(f"rebuilt  {declared.name}")
        for declared in report.missing:
            built.append(declared.name)
            applied.write(built)
            _create(connection, declared.index)
            tell(f"built    {declared.name}")
    return built


def undo(site: "Site", tell: Tell) -> list[str]:
    """Drop what the last `apply` added; their names. What it replaced stays as it is now."""
    from plugins.db_opt.index_report import declared_indexes

    applied = Built.by(site, _COMMAND)
    names = applied.read()
    indexes = {declared.name: declared.index for declared in declared_indexes(site)}
    with alone(site.ports.executor.engine) as connection:
        for name in [name for name in names if name in indexes]:
            _drop(connection, indexes[name])
            tell(f"dropped  {name}")
    applied.write([])
    return names


def create(site: "Site", indexes: Sequence[Index]) -> None:
    """Build these, dropping first what is there of the same name."""
    with alone(site.ports.executor.engine) as connection:
        for index in indexes:
            _drop(connection, index)
            _create(connection, index)


def blocking_s(engine: Engine, definition: Definition) -> float:
    """How long nobody else can write to SQLite while an index is built: a sample is sorted, and the
    time is scaled to all rows. 0 on PostgreSQL."""
    if engine.dialect.name == "postgresql":
        return 0.0
    table, keys = definition.table, ", ".join(definition.columns)
    some = f'SELECT * FROM "{table}" LIMIT {SAMPLE_ROWS}'  # noqa: S608 - names of a model
    sorting = f"SELECT 1 FROM ({some}) ORDER BY {keys} LIMIT {SAMPLE_ROWS}"  # noqa: S608
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar_one()  # noqa: S608
        began = time.perf_counter()
        connection.exec_driver_sql(f"SELECT count(*) FROM ({sorting})").scalar_one()  # noqa: S608
        return (time.perf_counter() - began) * max(1.0, float(rows) / SAMPLE_ROWS)


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """A connection for building: the only one that does, outside transactions, not used again."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SET statement_timeout = 0"))
                connection.execute(text(f"SET lock_timeout = '{PATIENCE}'"))
                if not connection.execute(_LOCK, {"schema": schema_of(engine) or ""}).scalar():
                    raise IndexesBusy
            yield connection
        finally:
            connection.invalidate()  # its settings and its lock must not go back to the pool


def tell_of_older(connection: Connection, tell: Tell) -> None:
    """Name the transactions that a concurrent build has to wait for."""
    if connection.dialect.name == "postgresql":
        for row in connection.execute(_OLDER).mappings():
            name = row["application_name"] or "unnamed"
            tell(f"waits    for process {row['pid']} ({name}), {row['age_s']} s in its transaction")


def _create(connection: Connection, index: Index) -> None:
    connection.execute(CreateIndex(_concurrent(index), if_not_exists=True))


def _drop(connection: Connection, index: Index) -> None:
    connection.execute(DropIndex(_concurrent(index), if_exists=True))


def _concurrent(index: Index) -> Index:
    """The same index, built concurrently, and not entered in the model's table."""
    if index.table is None:
        return index
    copied = Index(
        index.name,
        *index.expressions,
        unique=index.unique,
        _table=index.table,
        **{**index.dialect_kwargs, "postgresql_concurrently": True},
    )
    index.table.indexes.discard(copied)
    return copied


def _named(name: str, table: str, site: "Site") -> Index:
    """An index known by its name only, to be dropped."""
    from plugins.db_opt.index_report import blog_tables

    owner = next(found for found in blog_tables(site) if found.name == table)
    index = Index(name, next(iter(owner.columns)), _table=owner)
    owner.indexes.discard(index)
    return index
