"""INSERT ... ON CONFLICT, which both databases have and SQLAlchemy offers for each by itself."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from blog_core.model.declarative import Base

_INSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def insert_on(session: Session, table: type[Base]) -> Any:
    """The INSERT of this session's database, with its `on_conflict_...` methods.

    `Any`, as the two dialects share these methods, but no type that has them.
    """
    return _INSERTS[session.get_bind().dialect.name](table)
