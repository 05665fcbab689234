"""The database of a blog, as backups see it."""

from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine, func, select

from blog_core.backup.contents import Contents
from blog_core.backup.postgres_copy import PostgresCopy
from blog_core.backup.sqlite_copy import SqliteCopy
from blog_core.model.database import reading, schema_of


class DatabaseCopy(Protocol):
    """Saves the database to a file, and brings one back."""

    @property
    def kind(self) -> str:
        """The dialect."""

    @property
    def schema(self) -> str:
        """The schema of the tables; empty where there are none."""

    def save(self, target: Path) -> Contents:
        """Write the state of one moment to a file; what it holds."""

    def contents(self) -> Contents:
        """What is there now."""

    def set_aside(self, name: str) -> str:
        """Keep what is there under another name, which is returned; empty for nothing."""

    def restore(self, source: Path) -> None:
        """Bring a saved state back, all of it or nothing."""

    def put_back(self, aside: str) -> None:
        """Undo `set_aside`, after a failure."""

    def discard(self, aside: str) -> None:
        """Delete what was set aside."""

    def fault(self) -> str:
        """What is wrong with the files; empty when all is well."""


def copy_of(engine: Engine) -> DatabaseCopy:
    """How the database of an engine is saved and restored."""
    if engine.dialect.name == "sqlite":
        return SqliteCopy(Path(engine.url.database or ""))
    with reading(engine) as connection:
        usual = str(connection.scalar(select(func.current_schema())))
    return PostgresCopy(engine, schema_of(engine) or usual)
