"""The database, kept fast and watched: indexes, pooling, query forms."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blog_core.api import QueryExecutor, hookimpl

if TYPE_CHECKING:
    from blog_core.api import Contribute, Setup
    from plugins.db_opt.indexes import create_post_indexes
    from plugins.db_opt.pool import (
        cleanup_db_connections,
        get_db_connection,
        get_db_pool,
        release_db_connection,
    )
    from plugins.db_opt.posts import get_posts_by_status
    from plugins.db_opt.statements import execute_query

BLOG_HOOK_API = 1

_HOMES = {
    "execute_query": "statements",
    "create_post_indexes": "indexes",
    "get_posts_by_status": "posts",
    "get_db_pool": "pool",
    "get_db_connection": "pool",
    "release_db_connection": "pool",
    "cleanup_db_connections": "pool",
}

__all__ = [
    "cleanup_db_connections",
    "create_post_indexes",
    "execute_query",
    "get_db_connection",
    "get_db_pool",
    "get_posts_by_status",
    "release_db_connection",
]


def __getattr__(name: str) -> Any:
    """Load a public function when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"plugins.db_opt has no {name!r}")
    return getattr(import_module(f"plugins.db_opt.{_HOMES[name]}"), name)


@hookimpl
def blog_contribute(contribute: "Contribute") -> None:
    """Settings, commands, what is counted, and how it is."""
    from plugins.db_opt.breaker import outage_health
    from plugins.db_opt.commands import db
    from plugins.db_opt.counts import METRICS
    from plugins.db_opt.desk import ADMIN_PAGE, ROUTES
    from plugins.db_opt.leaks import leak_health
    from plugins.db_opt.plan_book import EVERY, look_at_plans
    from plugins.db_opt.server_limit import limit_health
    from plugins.db_opt.settings import DbOptSettings

    contribute.settings(DbOptSettings)
    contribute.cli(db)
    contribute.templates(Path(__file__).parent / "templates")
    contribute.admin_routes(*ROUTES)
    contribute.admin_page(ADMIN_PAGE)
    contribute.metric(*METRICS)
    contribute.job("db_opt.plans", look_at_plans, every=EVERY)
    contribute.health("outage", outage_health)
    contribute.health("leaks", leak_health)
    contribute.health("connections", limit_health)


@hookimpl
def blog_query_executor(setup: "Setup") -> QueryExecutor:
    """The query port on a watched pool."""
    from plugins.db_opt.opening import open_executor

    return open_executor(setup)
