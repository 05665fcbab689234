"""A SQLite database copied while it is written to, by SQLite's own backup.

Copying the file itself would lose what still stands in its log.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, NullPool, create_engine

from blog_core.backup.contents import Contents, contents_of

ALL_PAGES = -1
"""In one read transaction: writers are not held up, and the copy is of one moment."""


class SqliteCopy:
    """Saves and restores the database in a file."""

    kind, schema = "sqlite", ""

    def __init__(self, file: Path) -> None:
        self._file = file

    def save(self, target: Path) -> Contents:
        """Write the present state to a new file, complete in itself; what it holds."""
        _copy(self._file, target)
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            copy.execute("PRAGMA journal_mode = DELETE").fetchall()
        return _contents(target)

    def contents(self) -> Contents:
        """What is there now."""
        return _contents(self._file) if self._file.is_file() else Contents({})

    def set_aside(self, name: str) -> str:
        """Keep what is there beside the database; where, or nothing if there is nothing."""
        if not self._file.is_file():
            return ""
        aside = self._file.with_name(f"{self._file.name}.{name}")
        self.save(aside)
        aside.chmod(0o600)
        return str(aside)

    def restore(self, source: Path) -> None:
        """Put a saved database in the place of this one, all of it or nothing."""
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _copy(source, self._file)

    def put_back(self, aside: str) -> None:
        """Undo `restore`."""
        if aside:
            _copy(Path(aside), self._file)

    def discard(self, aside: str) -> None:
        """Delete what was set aside."""
        if aside:
            Path(aside).unlink()

    def fault(self) -> str:
        """What SQLite finds wrong with the file; empty when all is well."""
        with closing(sqlite3.connect(self._file)) as database:
            found = [str(row[0]) for row in database.execute("PRAGMA integrity_check(10)")]
        return "" if found == ["ok"] else "; ".join(found)


def _contents(file: Path) -> Contents:
    engine = create_engine(URL.create("sqlite", database=str(file)), poolclass=NullPool)
    with engine.connect() as connection:
        return contents_of(connection, None)


def _copy(source: Path, target: Path) -> None:
    # Read-write even for reading: a log that a killed process left has to be taken in first.
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as taken,
        closing(sqlite3.connect(target, timeout=30)) as given,
    ):
        taken.backup(given, pages=ALL_PAGES)
