"""Engines: which database a blog lives in, and how its connections behave.

A blog of its own app registers Flask-SQLAlchemy. A blog in a host app uses the host's PostgreSQL
engine with a schema of its own; everywhere else it opens an engine of its own. Opening an engine
asks the database nothing.
"""

import re
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

from blog_core.errors import ConfigError, SettingFault

if TYPE_CHECKING:
    from flask import Flask
    from flask_sqlalchemy import SQLAlchemy

    from blog_core.settings import Settings

EngineOpener = Callable[..., Engine]
"""Opens the blog's engine; keyword arguments go to `create_engine` (unless it is the host's)."""

BUSY_TIMEOUT_MS = 5_000
MMAP_BYTES = 256 * 1024 * 1024
POOL_SIZE = 10
POOL_WAIT_S = 2
POSTGRES_SESSION = {
    "timezone": "UTC",
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "15s",
}
_READ = "blog_read"
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,50}")


def engine_opener(
    app: "Flask",
    *,
    name: str,
    settings: "Settings",
    db: "SQLAlchemy | None" = None,
    standalone: bool = False,
) -> EngineOpener:
    """How the engine of the blog `name` in `app` is opened.

    `db` is the host's Flask-SQLAlchemy (else the one found on the app). Raises `ConfigError` when
    it was not initialised for this app, or when the blog's name cannot be a schema's.
    """
    url = _on_disk(app, settings.core.database_url)
    leaf = settings.layers.get("database_url")
    host = None if standalone or (leaf and leaf.source != "default") else _host_engine(app, db)
    if host is not None and host.dialect.name == "postgresql":
        shared = host.execution_options(schema_translate_map={None: identifier(name)})
        return lambda **_options: shared

    def open_engine(**options: Any) -> Engine:
        if standalone and "sqlalchemy" not in app.extensions:
            return _registered(app, url, name, options)
        return own_engine(url, name, **options)

    return open_engine


def own_engine(url: URL, name: str = "blog", **options: Any) -> Engine:
    """A new engine on `url`. `options` win over what is usual here."""
    engine = create_engine(url, **_engine_options(url, name, options))
    _prepare(engine)
    return engine


def _registered(app: "Flask", url: URL, name: str, options: dict[str, Any]) -> Engine:
    """The engine of a Flask-SQLAlchemy made for this app: `db.session` works with our models."""
    from flask_sqlalchemy import SQLAlchemy

    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(url, name, options)
    db = SQLAlchemy(app, disable_autonaming=True, add_models_to_shell=False)
    with app.app_context():
        engine = db.engine
    _prepare(engine)
    return engine


def _host_engine(app: "Flask", db: "SQLAlchemy | None") -> Engine | None:
    registered: SQLAlchemy | None = app.extensions.get("sqlalchemy")
    if db is None and registered is None:
        return None
    if registered is None or db not in {None, registered}:
        raise ConfigError(
            [
                SettingFault(
                    "Blog(app, db=...)",
                    "a SQLAlchemy that was not initialised for this app",
                    "db.init_app(app) before the blog is initialised",
                )
            ]
        )
    with app.app_context():
        engine: Engine | None = registered.engines.get(None)
    return engine


def _on_disk(app: "Flask", url: URL) -> URL:
    """A database in memory would belong to one connection only: a temporary file stands for it."""
    if url.get_backend_name() != "sqlite" or url.database not in {None, "", ":memory:"}:
        return url
    folder = Path(tempfile.mkdtemp(prefix="blog-"))
    weakref.finalize(app, shutil.rmtree, folder, ignore_errors=True)
    return url.set(database=str(folder / "blog.sqlite3"))


def _engine_options(url: URL, name: str, options: dict[str, Any]) -> dict[str, Any]:
    pool = {"pool_size": POOL_SIZE, "max_overflow": 0, "pool_timeout": POOL_WAIT_S}
    usual: dict[str, Any] = {**pool, "pool_use_lifo": True}
    if url.get_backend_name() == "postgresql":
        session = " ".join(f"-c {key}={value}" for key, value in POSTGRES_SESSION.items())
        connect: dict[str, Any] = {
            "application_name": name,
            "connect_timeout": POOL_WAIT_S,
            "options": f"{session} {url.query.get('options', '')}".strip(),
        }
        usual |= {"connect_args": connect, "pool_pre_ping": True, "pool_recycle": 1800}
    if "poolclass" in options or "pool" in options:
        usual = {key: value for key, value in usual.items() if key not in {*pool, "pool_use_lifo"}}
    return {**usual, **options}


def _prepare(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "checkin", _leave_transactions_to_us)
        event.listen(engine, "begin", _begin_immediate)


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    _leave_transactions_to_us(connection, _record)
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        f"mmap_size = {MMAP_BYTES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _leave_transactions_to_us(connection: DBAPIConnection | None, _record: object) -> None:
    """The driver begins no transaction by itself. Said again whenever SQLAlchemy has reset it."""
    if connection is not None:
        connection.isolation_level = None


def _begin_immediate(connection: Connection) -> None:
    """Take the write lock at once: a transaction that reads and then writes could not get it."""
    options = connection.get_execution_options()
    if options.get("isolation_level") != "AUTOCOMMIT" and not options.get(_READ):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def read_engine(engine: Engine) -> Engine:
    """The engine marked for `reading`. Keep it where the few microseconds of marking matter."""
    if engine.get_execution_options().get(_READ):
        return engine
    return engine.execution_options(**{_READ: True})


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection on which each statement sees what is committed: no transaction, no lock.

    The same as SQLAlchemy's isolation level AUTOCOMMIT without its switching to and fro, which
    cost 60 us of 105 us on SQLite and 50 us of 120 us on PostgreSQL.
    """
    with read_engine(engine).connect() as connection:
        if engine.dialect.name == "sqlite":
            yield connection
            return
        driver: Any = connection.connection.dbapi_connection
        usual, driver.autocommit = driver.autocommit, True
        try:
            yield connection
        finally:
            if not driver.closed:
                driver.autocommit = usual


def schema_of(engine: Engine) -> str | None:
    """The PostgreSQL schema of the blog's tables; None for the usual one."""
    names = engine.get_execution_options().get("schema_translate_map") or {}
    schema: str | None = names.get(None)
    return schema


def identifier(name: str) -> str:
    """`name`, when it can stand in SQL. Raises `ConfigError` otherwise."""
    if not _IDENTIFIER.fullmatch(name):
        raise ConfigError(
            [SettingFault("name", repr(name), "letters, digits and _, at most 51, no digit first")]
        )
    return name
