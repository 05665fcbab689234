"""The cache: pages and values in memory, shared by the processes of a host, never out of date.

It provides the cache port; the functions here get and set in its four namespaces.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from blog_core.api import hookimpl

from .names import (
    MISS,
    cache_api_response,
    cache_llm_result,
    cache_query_result,
    cache_workflow_data,
    get_cached_llm_result,
    get_cached_query,
    get_cached_response,
    get_cached_workflow,
)

if TYPE_CHECKING:
    from blog_core.api import Contribute, Setup

    from .provider import BlogCache

__all__ = [
    "MISS",
    "cache_api_response",
    "cache_llm_result",
    "cache_query_result",
    "cache_workflow_data",
    "get_cached_llm_result",
    "get_cached_query",
    "get_cached_response",
    "get_cached_workflow",
]


@hookimpl
def blog_contribute(contribute: "Contribute") -> None:
    """Settings, commands, its pages in the admin, what is counted, and how it is."""
    from blog_core.api import Panel

    from .commands import cache
    from .counts import METRICS
    from .desk import ADMIN_PAGE, ROUTES
    from .effects import effects_panel
    from .health import level_health, redis_health
    from .settings import CacheSettings

    contribute.settings(CacheSettings)
    contribute.cli(cache)
    contribute.metric(*METRICS)
    contribute.templates(Path(__file__).parent / "templates")
    contribute.admin_routes(*ROUTES)
    contribute.admin_page(ADMIN_PAGE)
    contribute.panel(
        Panel(
            "effects",
            "Pages that will change",
            "cache/effects.html",
            effects_panel,
            permission="publish-posts",
        )
    )
    contribute.health("levels", level_health)
    contribute.health("redis", redis_health)


@hookimpl
def blog_cache(setup: "Setup") -> "BlogCache":
    """The cache of this blog."""
    from .opening import open_cache

    return open_cache(setup)
