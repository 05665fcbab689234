"""What the PostgreSQL server itself has counted of statements, where `pg_stat_statements` is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from blog_core.api import Site

HOW = (
    "The server can count every program's statements: put pg_stat_statements into "
    "shared_preload_libraries, restart it, and run CREATE EXTENSION pg_stat_statements."
)
_TOP = """\
SELECT query, calls, total_exec_time AS total_ms, max_exec_time AS max_ms,
       (shared_blks_hit + shared_blks_read)::bigint AS blocks, rows
FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY total_exec_time DESC
LIMIT :limit"""


@dataclass(frozen=True, slots=True)
class ServerStatement:
    """One statement as the server counted it, of all hosts and programs."""

    statement: str
    calls: int
    total_ms: float
    max_ms: float
    blocks: int
    rows: int


def server_statements(site: "Site", *, limit: int) -> Sequence[ServerStatement] | None:
    """The most expensive ones; None where the extension is missing, and on SQLite."""
    engine = site.ports.executor.engine
    if engine.dialect.name != "postgresql":
        return None
    with engine.connect() as connection:
        try:
            rows = connection.execute(text(_TOP), {"limit": limit}).all()
        except DBAPIError:
            return None  # not installed, not loaded, or not for this role
    return [ServerStatement(" ".join(row[0].split()), *row[1:]) for row in rows]
