"""Bulk mode: one entry in the outbox, for everything, instead of one for each row written."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, insert, text
from sqlalchemy.orm import Session

from blog_core.cache_tags import EVERYTHING
from blog_core.model.queue import Outbox
from blog_core.model.triggers.postgres import suspension
from blog_core.model.triggers.sql import NAME_START, quoted


@contextmanager
def bulk(session: Session) -> Iterator[None]:
    """Suspend the triggers in this transaction; its commit makes the whole cache invalid, once.

    For seed and import, which write thousands of rows. Other transactions are not affected: on
    PostgreSQL a setting of this transaction switches its triggers off, on SQLite they are dropped
    and made again inside the transaction, which is the only one that writes.
    """
    session.flush()
    connection = session.connection()
    suspended = _sqlite_suspended if connection.dialect.name == "sqlite" else _postgres_suspended
    with suspended(connection):
        connection.execute(_EVERYTHING[connection.dialect.name])
        yield
        session.flush()


_EVERYTHING = {
    "sqlite": insert(Outbox).values(
        cache_tag=EVERYTHING, created_at_s=text("CAST(strftime('%s', 'now') AS INTEGER)")
    ),
    "postgresql": insert(Outbox).values(
        cache_tag=EVERYTHING,
        created_at_s=text("extract(epoch FROM now())::bigint"),
        transaction_id=text("pg_current_xact_id()::text::bigint"),
    ),
}
_SETTING = text("SELECT current_setting(:setting, true)")
_SET = text("SELECT set_config(:setting, :state, true)")


@contextmanager
def _postgres_suspended(connection: Connection) -> Iterator[None]:
    setting = {"setting": suspension(_postgres_schema(connection))}
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    was_off = connection.scalar(_SETTING, setting) == "off"
    connection.execute(_SET, setting | {"state": "off"})
    yield
    # After an error nothing is reset: what is rolled back takes the setting with it.
    if not was_off:
        connection.execute(_SET, setting | {"state": ""})


def _postgres_schema(connection: Connection) -> str:
    translated = connection.get_execution_options().get("schema_translate_map") or {}
    schema: str = translated.get(None) or connection.scalar(text("SELECT current_schema()"))
    return schema


@contextmanager
def _sqlite_suspended(connection: Connection) -> Iterator[None]:
    query = text(
        "SELECT name, sql FROM sqlite_master "
        "WHERE type = 'trigger' AND substr(name, 1, length(:start)) = :start"
    )
    dropped = list(connection.execute(query, {"start": NAME_START}))
    for trigger in dropped:
        connection.exec_driver_sql(f"DROP TRIGGER {quoted(trigger.name)}")
    try:
        yield
    finally:
        # Without the transaction the rollback has brought them back already.
        if connection.in_transaction():
            for trigger in dropped:
                connection.exec_driver_sql(trigger.sql)
