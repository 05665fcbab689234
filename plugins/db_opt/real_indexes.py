"""The indexes that a database has, read from its catalogue."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, text

from blog_core.api import schema_of
from plugins.db_opt.index_definition import Definition, column, condition

_IN_POSTGRES = text(
    """
SELECT i.relname AS name, t.relname AS table_name, x.indisunique, x.indisvalid, am.amname,
       x.indnatts > x.indnkeyatts AS includes, pg_get_expr(x.indpred, x.indrelid) AS predicate,
       ARRAY(
           SELECT concat_ws(' ', pg_get_indexdef(x.indexrelid, n, true),
               (SELECT opcname FROM pg_opclass o
                 WHERE o.oid = x.indclass[n - 1] AND NOT o.opcdefault),
               CASE WHEN x.indoption[n - 1] & 1 = 1 THEN 'desc' END,
               CASE x.indoption[n - 1] & 3 WHEN 1 THEN 'nulls last' WHEN 2 THEN 'nulls first' END)
             FROM generate_series(1, x.indnkeyatts) AS n
       ) AS columns,
       EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.oid) AS is_constraint,
       EXISTS (SELECT 1 FROM pg_stat_progress_create_index p WHERE p.index_relid = i.oid)
           AS is_building,
       coalesce(s.idx_scan, 0) AS scans, pg_relation_size(i.oid) AS bytes
  FROM pg_index x
  JOIN pg_class i ON i.oid = x.indexrelid
  JOIN pg_class t ON t.oid = x.indrelid
  JOIN pg_namespace n ON n.oid = t.relnamespace
  JOIN pg_am am ON am.oid = i.relam
  LEFT JOIN pg_stat_all_indexes s ON s.indexrelid = i.oid
 WHERE n.nspname = coalesce(:schema, current_schema()) AND t.relname IN :tables
 ORDER BY t.relname, i.relname
"""
).bindparams(bindparam("tables", expanding=True))
_STATISTICS_SINCE = text(
    "SELECT coalesce(stats_reset, pg_postmaster_start_time()) FROM pg_stat_database"
    " WHERE datname = current_database()"
)
_IN_SQLITE = text(
    """
SELECT l.name, m.name AS table_name, l."unique" AS is_unique, l.origin,
       (SELECT sql FROM sqlite_master AS s WHERE s.name = l.name) AS sql
  FROM sqlite_master AS m JOIN pragma_index_list(m.name) AS l
 WHERE m.type = 'table' AND m.name IN :tables
 ORDER BY m.name, l.name
"""
).bindparams(bindparam("tables", expanding=True))
_COLUMNS_IN_SQLITE = text(
    'SELECT name, "desc" AS is_desc FROM pragma_index_xinfo(:name) WHERE key ORDER BY seqno'
)
_PRIMARY_IN_SQLITE = text("SELECT name FROM pragma_table_info(:table) WHERE pk ORDER BY pk")
_PARTS = re.compile(r"\bON\s+\S+\s*\((.*?)\)\s*(?:WHERE\s+(.*))?$", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class RealIndex:
    """An index as it is. SQLite counts no scans and gives no size: None."""

    name: str
    definition: Definition
    is_constraint: bool = False
    is_valid: bool = True
    is_building: bool = False
    scans: int | None = None
    size_bytes: int | None = None


def real_indexes(engine: Engine, tables: Iterable[str]) -> Sequence[RealIndex]:
    """Every index of these tables, those of primary keys and unique constraints included."""
    tables = sorted(tables)
    if not tables:
        return []
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            return _in_postgres(connection, schema_of(engine), tables)
        return _in_sqlite(connection, tables)


def statistics_since(engine: Engine) -> datetime | None:
    """Since when scans are counted, at the latest; None on SQLite, which counts none."""
    if engine.dialect.name != "postgresql":
        return None
    with engine.connect() as connection:
        since: datetime = connection.execute(_STATISTICS_SINCE).scalar_one()
        return since


def _in_postgres(
    connection: Connection, schema: str | None, tables: Sequence[str]
) -> Sequence[RealIndex]:
    rows = connection.execute(_IN_POSTGRES, {"schema": schema, "tables": tables}).mappings()
    return [
        RealIndex(
            name=row["name"],
            definition=Definition(
                table=row["table_name"],
                columns=tuple(map(column, row["columns"])),
                unique=row["indisunique"],
                where=condition(row["predicate"] or ""),
                method=row["amname"] + (" with further columns" if row["includes"] else ""),
            ),
            is_constraint=row["is_constraint"],
            is_valid=row["indisvalid"],
            is_building=row["is_building"],
            scans=row["scans"],
            size_bytes=row["bytes"],
        )
        for row in rows
    ]


def _in_sqlite(connection: Connection, tables: Sequence[str]) -> Sequence[RealIndex]:
    rows = connection.execute(_IN_SQLITE, {"tables": tables}).mappings().all()
    found = [_of_sqlite(connection, row) for row in rows]
    return [*found, *_row_ids(connection, tables)]


def _of_sqlite(connection: Connection, row: Any) -> RealIndex:
    parts = _PARTS.search(row["sql"] or "")
    keys = connection.execute(_COLUMNS_IN_SQLITE, {"name": row["name"]}).mappings().all()
    columns = tuple(f"{key['name']}{' desc' if key['is_desc'] else ''}" for key in keys)
    if parts and any(key["name"] is None for key in keys):  # an expression: as it was written
        columns = tuple(map(column, re.split(r",\s*(?![^(]*\))", parts[1])))
    return RealIndex(
        name=row["name"],
        definition=Definition(
            table=row["table_name"],
            columns=columns,
            unique=bool(row["is_unique"]),
            where=condition(parts[2] or "") if parts else "",
        ),
        is_constraint=row["origin"] != "c",
    )


def _row_ids(connection: Connection, tables: Sequence[str]) -> Iterable[RealIndex]:
    """A single INTEGER PRIMARY KEY is the table's own order: it has no index, and needs none."""
    for table in tables:
        keys = connection.execute(_PRIMARY_IN_SQLITE, {"table": table}).scalars().all()
        if len(keys) == 1:
            definition = Definition(table, tuple(keys), unique=True)
            yield RealIndex(f"{table} (primary key)", definition, is_constraint=True)
