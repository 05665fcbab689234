"""The triggers of a database: which there should be, which there are, and making them agree."""

from collections.abc import Mapping

from sqlalchemy import Connection, MetaData, text

from blog_core.cache_tags import Rules
from blog_core.model.triggers.postgres import postgres_triggers
from blog_core.model.triggers.search import search_triggers
from blog_core.model.triggers.sql import NAME_START, SEARCH_START, Trigger, quoted
from blog_core.model.triggers.sqlite import sqlite_triggers

_THERE = {
    "sqlite": text(
        "SELECT name, tbl_name AS place, sql FROM sqlite_master "
        "WHERE type = 'trigger' AND substr(name, 1, length(:start)) = :start"
    ),
    "postgresql": text(
        "SELECT t.tgname AS name, c.relname AS place FROM pg_trigger t "
        "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = :schema AND starts_with(t.tgname, :start)"
    ),
}


def wanted_triggers(
    rules: Rules, metadata: MetaData, dialect: str, schema: str
) -> dict[str, Trigger]:
    """The triggers that should exist, by name. Tables that the metadata lacks are left out."""
    found: dict[str, Trigger] = {}
    for name, of_table in rules.items():
        table = metadata.tables[name]
        if dialect == "postgresql":
            triggers = postgres_triggers(table, of_table, schema)
        else:
            triggers = sqlite_triggers(table, of_table)
        found.update((trigger.name, trigger) for trigger in triggers)
    if "post" in rules:
        found.update((trigger.name, trigger) for trigger in search_triggers(dialect, schema))
    return found


def existing_triggers(connection: Connection, schema: str) -> dict[str, str]:
    """The triggers that exist, with their tables."""
    query = _THERE[connection.dialect.name]
    found: dict[str, str] = {}
    for start in (NAME_START, SEARCH_START):
        names = {"start": start, "schema": schema}
        params = {key: value for key, value in names.items() if f":{key}" in query.text}
        found |= {row.name: row.place for row in connection.execute(query, params)}
    return found


def refresh_triggers(
    connection: Connection, wanted: Mapping[str, Trigger], schema: str
) -> list[str]:
    """Make what is missing, remove what these tables no longer want; the names of both.

    Triggers of other tables stay: a plugin that is switched off for a while keeps its own.
    """
    existing = existing_triggers(connection, schema)
    tables = {trigger.table for trigger in wanted.values()}
    stale = {
        name: table for name, table in existing.items() if table in tables and name not in wanted
    }
    for name, table in stale.items():
        _drop(connection, name, table, schema)
    missing = [trigger for name, trigger in wanted.items() if name not in existing]
    for trigger in missing:
        for statement in trigger.create:
            _execute(connection, statement)
    return [*stale, *(trigger.name for trigger in missing)]


def _drop(connection: Connection, name: str, table: str, schema: str) -> None:
    if connection.dialect.name == "sqlite":
        _execute(connection, f"DROP TRIGGER {quoted(name)}")
        return
    _execute(connection, f"DROP TRIGGER {quoted(name)} ON {quoted(schema)}.{quoted(table)}")
    _execute(connection, f"DROP FUNCTION {quoted(schema)}.{quoted(name)}()")


def _execute(connection: Connection, statement: str) -> None:
    """Run a statement as it is: percent signs and colons in it are no parameters."""
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
