"""The declarative base of all tables, core and plugin, and the column types they share."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine

NAMING = {
    "ix": "idx_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every mapped class. Tables carry no schema: an engine's translate map gives it."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Python side: aware, UTC. PostgreSQL: timestamptz. SQLite: fixed-width ISO text.

    The fixed width (always microseconds, no offset) makes text order equal to time order, so
    indexes and row-value comparisons work the same on both databases.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(26))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone. Use an aware datetime.")
        value = value.astimezone(UTC)
        if dialect.name == "sqlite":
            return value.replace(tzinfo=None).isoformat(" ", "microseconds")
        return value

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """The plain function: on lists, SQLAlchemy's wrapper costs as much as the reading."""
        return _from_text if dialect.name == "sqlite" else _from_instant

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """For a value that was read by SQL text."""
        read: datetime | None = self.result_processor(dialect, None)(value)
        return read


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


def _from_instant(value: datetime | None) -> datetime | None:
    return value if value is None or value.tzinfo is UTC else value.astimezone(UTC)


big_id = BigInteger().with_variant(Integer, "sqlite")
"""64-bit identity; SQLite only counts up a column declared INTEGER."""

json_value = JSON().with_variant(JSONB(), "postgresql")

long_text = Text()
