"""Whether the server takes as many connections as the workers of this host may open."""

import logging
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event, text

from blog_core.api import Health

if TYPE_CHECKING:
    from blog_core.api import Metrics, Site

_POSSIBLE = "blog_db_opt_connections_possible"
_LIMIT = (
    "SELECT current_setting('max_connections')::int"
    " - current_setting('superuser_reserved_connections')::int"
    " - coalesce(current_setting('reserved_connections', true), '0')::int"
)


def check_at_start(
    engine: Engine, metrics: "Metrics", logger: logging.Logger, *, possible: int
) -> None:
    """Note what this process may open; on its first connection to PostgreSQL, compare and warn."""
    metrics.gauge(_POSSIBLE).set(possible)

    def connected(driver: Any, _entry: Any) -> None:
        with driver.cursor() as cursor:
            cursor.execute(_LIMIT)
            (limit,) = cursor.fetchone()
        driver.rollback()
        fault = _fault(round(metrics.sum_all()[_POSSIBLE]), limit)
        if fault:
            logger.warning(fault)

    if engine.dialect.name == "postgresql":
        event.listen(engine, "first_connect", connected)


def limit_health(site: "Site") -> Health:
    """Degraded while the workers together may ask for more than there is."""
    engine = site.ports.executor.engine
    possible = round(site.metrics.sum_all().get(_POSSIBLE, 0))
    if engine.dialect.name != "postgresql":
        return Health("connections", "ok", f"The workers may open {possible} connections.")
    with engine.connect() as connection:
        limit = connection.execute(text(_LIMIT)).scalar_one()
    fault = _fault(possible, limit)
    told = f"The workers may open {possible} connections, and the server takes {limit}."
    return Health("connections", "degraded" if fault else "ok", fault or told)


def _fault(possible: int, limit: int) -> str:
    if possible <= limit:
        return ""
    return (
        f"The processes of this host may open {possible} connections, and the database server "
        f"takes {limit}. Lower `[db_opt] pool_size` or `background_pool_size`, serve with fewer "
        f"workers, or raise the server's max_connections."
    )
