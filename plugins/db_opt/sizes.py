"""How much room tables and indexes take."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, text

from blog_core.api import schema_of
from plugins.db_opt.index_report import blog_tables

if TYPE_CHECKING:
    from blog_core.api import Site

_POSTGRES = """\
SELECT c.relname AS name,
       pg_table_size(c.oid) AS table_bytes,
       pg_indexes_size(c.oid) AS index_bytes,
       greatest(c.reltuples, 0)::bigint AS rows,
       coalesce(s.n_dead_tup, 0) AS dead_rows
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_user_tables AS s ON s.relid = c.oid
WHERE c.relkind = 'r' AND c.relname IN :names AND n.nspname = coalesce(:schema, current_schema())"""
_SQLITE = """\
SELECT m.tbl_name AS name,
       sum(CASE WHEN m.type = 'table' THEN s.pgsize ELSE 0 END) AS table_bytes,
       sum(CASE WHEN m.type = 'index' THEN s.pgsize ELSE 0 END) AS index_bytes,
       NULL AS rows,
       0 AS dead_rows
FROM sqlite_master AS m
JOIN dbstat AS s ON s.name = m.name AND s.aggregate = TRUE
WHERE m.tbl_name IN :names
GROUP BY m.tbl_name"""
BLOATED = 0.5
"""More dead rows than this share of the living, and the table is larger than it must be."""
_FEW_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Size:
    """One table with its indexes. `rows` is the server's estimate; SQLite has none."""

    name: str
    table_bytes: int
    index_bytes: int
    rows: int | None
    dead_rows: int

    @property
    def bytes(self) -> int:
        return self.table_bytes + self.index_bytes

    @property
    def advice(self) -> str:
        """What to do about it, if anything."""
        if self.dead_rows > max(_FEW_ROWS, BLOATED * (self.rows or 0)):
            return f"{self.dead_rows:,} dead rows: look why autovacuum does not get to this table."
        return ""


def sizes(site: "Site") -> Sequence[Size]:
    """The blog's tables and its plugins', the largest first. On SQLite it reads the whole file."""
    engine = site.ports.executor.engine
    names = [table.name for table in blog_tables(site)]
    is_postgres = engine.dialect.name == "postgresql"
    statement = text(_POSTGRES if is_postgres else _SQLITE)
    params = {"names": names, **({"schema": schema_of(engine)} if is_postgres else {})}
    with engine.connect() as connection:
        asked = statement.bindparams(bindparam("names", expanding=True))
        rows = connection.execute(asked, params).all()
    return sorted((Size(*row) for row in rows), key=lambda size: -size.bytes)
