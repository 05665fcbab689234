"""The schema of a blog on PostgreSQL, by the programs `pg_dump` and `pg_restore`."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, text

from blog_core.backup.contents import Contents, contents_of
from blog_core.backup.errors import BackupProgramFailed
from blog_core.model.database import schema_of
from blog_core.model.triggers.sql import quoted

FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/libpq/bin")
"""Where packages put the programs when they are not on the path."""

_TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = :schema ORDER BY 1")
# Functions of extensions belong to those.
_FUNCTIONS = text(
    "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
    "WHERE n.nspname = :schema AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid "
    "AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e') ORDER BY 1"
)


class PostgresCopy:
    """Saves and restores one schema of the database of an engine."""

    kind = "postgresql"

    def __init__(self, engine: Engine, schema: str) -> None:
        self._translated = schema_of(engine)
        # Of our own: the blog's engine looks into the outbox at each commit, and its statements
        # may take a few seconds only.
        self._engine = create_engine(engine.url, poolclass=NullPool)
        self.schema = schema

    def save(self, target: Path) -> Contents:
        """Write the schema as of one moment to a file; nobody who writes is held up."""
        with self._moment() as connection:
            contents = contents_of(connection, self._translated)
            snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
            self._run(
                "pg_dump",
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--schema={quoted(self.schema)}",
                f"--snapshot={snapshot}",
                target,
            )
        return contents

    def contents(self) -> Contents:
        """What is there now."""
        with self._moment() as connection:
            return contents_of(connection, self._translated)

    @contextmanager
    def _moment(self) -> Iterator[Connection]:
        """A connection that sees one moment, and may wait for a program in it."""
        options = {
            "isolation_level": "REPEATABLE READ",
            "schema_translate_map": {None: self._translated},
        }
        with self._engine.execution_options(**options).begin() as connection:
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            yield connection

    def set_aside(self, name: str) -> str:
        """Move what is there into a schema of its own; which, or nothing if there is nothing."""
        aside = f"{self.schema}_{name}"[:63]
        with self._engine.begin() as connection:
            tables = _names(connection, self.schema)
            if tables:
                connection.execute(text(f"CREATE SCHEMA {quoted(aside)}"))
                _move(connection, self.schema, aside)
            else:
                connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {quoted(self.schema)}"))
        return aside if tables else ""

    def restore(self, source: Path) -> None:
        """Bring a saved schema into the empty one, all of it or nothing."""
        with tempfile.TemporaryDirectory() as folder:
            wanted = Path(folder) / "list"
            contents = self._run("pg_restore", "--list", source, connect=False).splitlines()
            wanted.write_text("\n".join(line for line in contents if not _is_schema(line)))
            self._run(
                "pg_restore",
                "--single-transaction",
                "--exit-on-error",
                "--no-owner",
                "--no-privileges",
                f"--use-list={wanted}",
                f"--dbname={self._engine.url.database}",
                source,
            )

    def put_back(self, aside: str) -> None:
        """Undo `set_aside`, and drop what was restored meanwhile."""
        failed = f"{self.schema}_not_restored"[:63]
        with self._engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {quoted(failed)}"))
            _move(connection, self.schema, failed)
            connection.execute(text(f"DROP SCHEMA {quoted(failed)} CASCADE"))
            if aside:
                _move(connection, aside, self.schema)
                connection.execute(text(f"DROP SCHEMA {quoted(aside)}"))

    def discard(self, aside: str) -> None:
        """Delete what was set aside."""
        if aside:
            with self._engine.begin() as connection:
                connection.execute(text(f"DROP SCHEMA {quoted(aside)} CASCADE"))

    def fault(self) -> str:
        """PostgreSQL has checked what it was given."""
        return ""

    def _run(self, program: str, *arguments: str | Path, connect: bool = True) -> str:
        """Run a program of PostgreSQL; what it printed. `pg_dump` writes to the last argument."""
        last = [f"--file={arguments[-1]}"] if program == "pg_dump" else [str(arguments[-1])]
        command = [found(program), *map(str, arguments[:-1]), *last]
        environ = {**os.environ, **(self._environ() if connect else {})}
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BackupProgramFailed(program, f"failed: {done.stderr.strip()[-500:]}")
        return done.stdout

    def _environ(self) -> dict[str, str]:
        """Where to connect and as whom: not on the command line, which others can read."""
        url = self._engine.url
        given = {
            "PGHOST": str(url.host or url.query.get("host", "")),
            "PGPORT": str(url.port or ""),
            "PGUSER": url.username or "",
            "PGPASSWORD": str(url.password or ""),
            "PGDATABASE": url.database or "",
            "PGSSLMODE": str(url.query.get("sslmode", "")),
            "PGAPPNAME": "blog backup",
        }
        return {name: value for name, value in given.items() if value}


def found(program: str) -> str:
    """The path of a program of PostgreSQL, the newest one. Raises `BackupProgramFailed`."""
    on_path = shutil.which(program)
    if on_path:
        return on_path
    others = [file for folder in FOLDERS for file in Path("/").glob(f"{folder[1:]}/{program}")]
    if not others:
        raise BackupProgramFailed(program, "was not found")
    return str(max(others, key=_version))


def _version(file: Path) -> tuple[int, ...]:
    digits = "".join(c if c.isdigit() else " " for c in str(file))
    return tuple(map(int, digits.split()))


def _is_schema(line: str) -> bool:
    """Whether a line of the list of contents is the schema itself, which is there already."""
    return " SCHEMA - " in line


def _names(connection: Connection, schema: str) -> Sequence[str]:
    return connection.scalars(_TABLES, {"schema": schema}).all()


def _move(connection: Connection, source: str, target: str) -> None:
    """Move tables, with their indexes, sequences and triggers, and functions."""
    for table in _names(connection, source):
        place = f"{quoted(source)}.{quoted(table)}"
        connection.execute(text(f"ALTER TABLE {place} SET SCHEMA {quoted(target)}"))
    for function in connection.scalars(_FUNCTIONS, {"schema": source}).all():
        # PostgreSQL has quoted the name.
        connection.exec_driver_sql(f"ALTER FUNCTION {function} SET SCHEMA {quoted(target)}")
