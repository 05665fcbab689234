"""A PostgreSQL server of one's own, also for root, with databases that come and go quickly."""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from blog_core.testing.services.programs import postgres_programs
from blog_core.testing.services.tethered import (
    Command,
    ServiceError,
    TetheredServer,
    on_free_port,
    scratch_folder,
)

CLUSTER = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")

# The data is thrown away: nothing needs to survive a crash.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_preload_libraries": "pg_stat_statements",
    "timezone": "UTC",
    "max_connections": "200",
}


class PostgresServer(TetheredServer):
    """A PostgreSQL server, listening on the loopback only, with the superuser `postgres`."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # the fast shutdown, which disconnects clients

    @classmethod
    def start(cls, *, settings: Mapping[str, str] | None = None) -> Self:
        """Make a new cluster and start it. `settings` are lines of postgresql.conf."""
        return on_free_port(lambda port: cls._start_on(port, SETTINGS | dict(settings or {})))

    @classmethod
    def _start_on(cls, port: int, settings: Mapping[str, str]) -> Self:
        listen: Command = ["-p", str(port), "-h", "127.0.0.1", "-k", ""]
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with scratch_folder("postgres") as folder:
            identity = _unprivileged(folder)
            programs = _reachable(postgres_programs(), folder, identity)
            make: Command = [programs / "initdb", "-D", folder / "data", *CLUSTER]
            serve: Command = [programs / "postgres", "-D", folder / "data", *listen, *options]
            commands = cls.commands(make, serve)
            return cls(commands, port=port, folder=folder, identity=identity)

    @classmethod
    def commands(cls, make: Command, serve: Command) -> list[Command]:
        """What is run: the cluster is made, then the server serves it."""
        return [make, serve]

    @property
    def url(self) -> str:
        """The database `postgres` of this server, for SQLAlchemy."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """One database of this server, for SQLAlchemy."""
        return f"postgresql+psycopg2://postgres@127.0.0.1:{self.port}/{database}"

    def is_ready(self) -> bool:
        """True when the server takes sessions; it writes that into its process file."""
        try:
            return "ready" in (self.folder / "data" / "postmaster.pid").read_text().split()
        except OSError:
            return False

    def create_database(self, *, template: str = "template1") -> str:
        """A new database, its URL; a copy of `template`, to which nobody may be connected."""
        name = f"test_{secrets.token_hex(6)}"
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self.url_of(name)

    def drop_database(self, url: str) -> None:
        """Remove a database that `create_database` made, and end who is still connected."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", urlsplit(url).path[1:])

    def _execute(self, statement: str, *names: str) -> None:
        import psycopg2
        from psycopg2 import sql

        connection = psycopg2.connect(host="127.0.0.1", port=self.port, user="postgres")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
        finally:
            connection.close()


def _unprivileged(folder: Path) -> dict[str, Any]:
    """Whom the server runs as: PostgreSQL refuses root, so root hands it to `nobody`."""
    if os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(programs: Path, folder: Path, identity: Mapping[str, Any]) -> Path:
    """The programs, or their copy in `folder` when the user may not enter where they lie."""
    try:
        probe: Command = [programs / "postgres", "--version"]
        subprocess.run(probe, check=True, capture_output=True, cwd=folder, **identity)
    except PermissionError:
        return _copied(programs, folder)
    except (OSError, subprocess.CalledProcessError) as problem:
        raise ServiceError(f"PostgreSQL's program {probe[0]} does not run: {problem}") from problem
    return programs


def _copied(programs: Path, folder: Path) -> Path:
    # The wheel's libraries lie beside the package and are found by a relative path.
    package = programs.parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, folder / part.name, symlinks=True)
        _open_to_all(folder / part.name)
    return folder / package.name / programs.relative_to(package)


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.stat().st_mode & 0o100 else 0o044))
