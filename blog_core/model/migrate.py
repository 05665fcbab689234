"""Bring a blog's database to this version: tables, then triggers, in one transaction.

One process does it, under a lock, and reads the state inside the lock; the others wait and find
nothing left to do. A process that is killed leaves nothing half-done.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from blog_core.cache_tags import Rules
from blog_core.errors import BlogError
from blog_core.file_lock import file_lock
from blog_core.model.branches import (
    CORE_FOLDER,
    VERSION_TABLE,
    Branch,
    MigrationError,
    all_revisions,
    missing_revisions,
    upgrade,
)
from blog_core.model.database import reading, schema_of
from blog_core.model.declarative import Base
from blog_core.model.outages import as_outage
from blog_core.model.triggers import existing_triggers, refresh_triggers, wanted_triggers
from blog_core.model.triggers.checking import check_rules
from blog_core.model.triggers.core_rules import CORE_RULES
from blog_core.model.triggers.sql import Trigger, quoted

if TYPE_CHECKING:
    from blog_core.site import Site

_ADVISORY_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('blog migrate ' || :schema))")


class TableClash(BlogError):
    """The database has tables of somebody else that are called as ours."""

    def __init__(self, place: str, tables: Sequence[str]) -> None:
        super().__init__(
            f"{place} has the table(s) {', '.join(tables)}, but they are not this blog's "
            f"(there is no table {VERSION_TABLE}). Nothing was changed. Give the blog a database "
            f"of its own with the setting `database_url`, or another name."
        )


def migrate(site: "Site") -> list[str]:
    """Run every migration that is missing and renew the triggers; what was done, by name."""
    engine = site.ports.executor.engine
    return migrate_engine(engine, site.data_dir, branches_of(site), rules_of(site))


def pending(site: "Site") -> list[str]:
    """What `migrate` would do; empty when the database is up to date."""
    engine = site.ports.executor.engine
    return pending_of_engine(engine, branches_of(site), rules_of(site))


def branches_of(site: "Site") -> list[Branch]:
    """The core's migrations and those of the enabled plugins."""
    plugins = site.host.contributions.migrations
    return [Branch("blog", CORE_FOLDER), *(Branch(item.owner, item.folder) for item in plugins)]


def rules_of(site: "Site") -> Rules:
    """The rules of the core's tables and of those of the enabled plugins."""
    rules = dict(CORE_RULES)
    for item in site.host.contributions.cache_tags:
        check_rules(f"Plugin {item.owner!r}", item.table, item.rules, Base.metadata)
        rules[item.table] = (*rules.get(item.table, ()), *item.rules)
    return rules


def migrate_engine(
    engine: Engine, data_dir: Path, branches: Sequence[Branch], rules: Rules
) -> list[str]:
    """`migrate` for an engine. Raises `TableClash`, `MigrationError` or `Unavailable`."""
    owner = branches[0].owner
    try:
        with _only_one(engine, data_dir) as connection:
            schema = _prepare(engine, connection)
            _refuse_clash(connection, schema)
            done = []
            for branch in branches:
                owner = branch.owner
                done += upgrade(connection, branch, schema_of(engine))
            wanted = _wanted(engine, rules, schema)
            renewed = refresh_triggers(connection, wanted, schema)
            _check_foreign_keys(connection, done)
    except SQLAlchemyError as error:
        outage = as_outage(error)
        if outage is not None:
            raise outage from error
        raise MigrationError(owner, str(getattr(error, "orig", error)).strip()) from error
    return done + ([f"{len(renewed)} triggers"] if renewed else [])


def pending_of_engine(engine: Engine, branches: Sequence[Branch], rules: Rules) -> list[str]:
    """`pending` for an engine. Raises `TableClash` or `Unavailable`."""
    if _is_missing_file(engine):
        wanted = _wanted(engine, rules, "main")
        return [*chain.from_iterable(map(all_revisions, branches)), f"{len(wanted)} triggers"]
    try:
        with reading(engine) as connection:
            schema = _schema(engine, connection)
            _refuse_clash(connection, schema)
            own = schema_of(engine)
            found = [
                name for branch in branches for name in missing_revisions(connection, branch, own)
            ]
            there = existing_triggers(connection, schema)
    except SQLAlchemyError as error:
        raise (as_outage(error) or error) from error
    missing = set(_wanted(engine, rules, schema)) - set(there)
    return found + ([f"{len(missing)} triggers"] if missing else [])


def _is_missing_file(engine: Engine) -> bool:
    """Asking would make the file."""
    file = engine.url.database or ""
    is_file = engine.dialect.name == "sqlite" and not file.startswith("file:")
    return is_file and not Path(file).exists()


def _wanted(engine: Engine, rules: Rules, schema: str) -> dict[str, Trigger]:
    return wanted_triggers(rules, Base.metadata, engine.dialect.name, schema)


@contextmanager
def _only_one(engine: Engine, data_dir: Path) -> Iterator[Connection]:
    """A connection in a transaction that no other migration shares the time of."""
    if engine.dialect.name == "sqlite":
        with file_lock(data_dir / "run" / "locks" / "migrate"), _sqlite(engine) as connection:
            yield connection
        return
    with engine.begin() as connection:
        for setting in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {setting} = 0"))
        connection.execute(_ADVISORY_LOCK, {"schema": schema_of(engine) or ""})
        # A table that is in use must not queue up every reader behind its change.
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        yield connection


@contextmanager
def _sqlite(engine: Engine) -> Iterator[Connection]:
    """A transaction without foreign keys: changing a table means to drop and make it again."""
    if engine.url.database:
        Path(engine.url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def _prepare(engine: Engine, connection: Connection) -> str:
    """Make the schema and let unqualified names mean it; its name ("main" on SQLite)."""
    schema = schema_of(engine)
    if schema is not None:
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}"))
        connection.execute(text(f"SET LOCAL search_path TO {quoted(schema)}"))
    return _schema(engine, connection)


def _schema(engine: Engine, connection: Connection) -> str:
    if engine.dialect.name == "sqlite":
        return "main"
    return schema_of(engine) or str(connection.scalar(text("SELECT current_schema()")))


def _refuse_clash(connection: Connection, schema: str) -> None:
    there = set(inspect(connection).get_table_names(schema=schema))
    ours = (m for m in Base.registry.mappers if m.class_.__module__.startswith("blog_core."))
    foreign = sorted(there.intersection(str(mapper.local_table) for mapper in ours))
    if foreign and VERSION_TABLE not in there:
        place = f"The schema {schema!r}" if schema != "main" else "The database"
        raise TableClash(place, foreign)


def _check_foreign_keys(connection: Connection, done: Sequence[str]) -> None:
    if connection.dialect.name != "sqlite" or not done:
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise MigrationError(
            "blog", f"rows of {broken[0]!r} name rows of {broken[2]!r} that are gone"
        )
