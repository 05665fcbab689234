"""The core's query port: SQLAlchemy, nothing added."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, RowMapping
from sqlalchemy.exc import SQLAlchemyError

from blog_core.model.database import read_engine, reading
from blog_core.model.ongoing import ongoing, ongoing_connection
from blog_core.model.outages import as_blog_error, as_outage
from blog_core.ports import Query


class CoreExecutor:
    """Runs statements on an engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._read_engine = read_engine(engine)

    @property
    def engine(self) -> Engine:
        """The engine given."""
        return self._engine

    def run(self, query: Query, params: Mapping[str, object] | None = None) -> Sequence[RowMapping]:
        """All rows, read in the transaction under way in this context, else in AUTOCOMMIT."""
        try:
            connection = ongoing_connection(self._engine)
            if connection is not None:
                return _rows(connection, query, params)
            return self._read(query, params)
        except SQLAlchemyError as error:
            raise as_blog_error(query.name, error) from error

    def _read(self, query: Query, params: Mapping[str, object] | None) -> Sequence[RowMapping]:
        with reading(self._read_engine) as connection:
            return _rows(connection, query, params)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection in a transaction of its own; errors of the block come out unchanged."""
        try:
            with self._engine.begin() as connection, ongoing(self._engine, lambda: connection):
                yield connection
        except SQLAlchemyError as error:
            outage = as_outage(error)
            if outage is None:
                raise
            raise outage from error

    def close(self) -> None:
        """Give all connections back; new ones are opened when they are needed."""
        self._engine.dispose()


def _rows(
    connection: Connection, query: Query, params: Mapping[str, object] | None
) -> Sequence[RowMapping]:
    return connection.execute(query.statement, dict(params or {})).mappings().all()
