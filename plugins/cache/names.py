"""The functions of `plugins.cache`: get and set in the four namespaces of the current blog.

Getters return `default` for what is not there; give `MISS` to tell that from a stored None. Setters
say whether the value was stored: not when one of its tags moved since the getter's miss, when the
blog has no cache, or inside a transaction that has written.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from blog_core.api import (
    NAMESPACES,
    Site,
    UnsupportedValue,
    current_site,
    digest,
    get_value,
    given_tags,
    readable_key,
    set_value,
    table_tags,
)

if TYPE_CHECKING:
    from blog_core.api import Query

    QueryText = str | Query
    Params = Mapping[str, object] | Sequence[object] | None


class _Miss(Enum):
    MISS = "miss"

    def __bool__(self) -> bool:
        return False


MISS: Final = _Miss.MISS
"""What no cached value is: `get_cached_response(key, default=MISS) is MISS`."""


class UsualTtl(int):
    """The usual lifetime of a namespace, in seconds: the settings may say another one."""

    __slots__ = ()


FIVE_MINUTES: Final = UsualTtl(300)
ONE_HOUR: Final = UsualTtl(3600)

_STAGE = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


def cache_api_response(
    key: object, data: object, ttl: float = FIVE_MINUTES, cache_tags: Iterable[str] = ()
) -> bool:
    """Keep an answer under `api:{key}`; whether it was stored."""
    return _set("api", lambda: readable_key(key), data, ttl, cache_tags)


def get_cached_response(key: object, default: Any = None) -> Any:
    """The answer kept under `api:{key}`, else `default`."""
    return _get("api", lambda: readable_key(key), default)


def cache_workflow_data(
    post_id: int,
    stage_id: str,
    data: object,
    ttl: float = FIVE_MINUTES,
    cache_tags: Iterable[str] = (),
) -> bool:
    """Keep a stage's data under `workflow:{post_id}:{stage_id}`, at most until the post changes."""
    tags = given_tags(cache_tags) | {f"post:{post_id}"}
    return _set("workflow", lambda: stage_name(post_id, stage_id), data, ttl, tags)


def get_cached_workflow(post_id: int, stage_id: str, default: Any = None) -> Any:
    """The data kept under `workflow:{post_id}:{stage_id}`, else `default`."""
    return _get("workflow", lambda: stage_name(post_id, stage_id), default)


def cache_query_result(
    query: "QueryText",
    params: "Params",
    result: object,
    ttl: float = FIVE_MINUTES,
    cache_tags: Iterable[str] | None = None,
) -> bool:
    """Keep rows under `query:{digest}` until one of the tables they came from is written to.

    `cache_tags` replaces the tags found in the statement. False for a statement whose tables
    cannot be told, or whose writes nobody hears of.
    """
    from .query_tags import query_name, query_tags  # sqlglot is slow to import

    site = current_site()
    dialect = site.ports.executor.engine.dialect
    tags = cache_tags
    if tags is None:
        tags = query_tags(query, params, dialect, table_tags(site))
    if tags is None:
        return False
    return _set("query", lambda: query_name(query, params, dialect), result, ttl, tags)


def get_cached_query(query: "QueryText", params: "Params", default: Any = None) -> Any:
    """The rows kept for this statement and these parameters, else `default`."""
    from .query_tags import query_name

    dialect = current_site().ports.executor.engine.dialect
    return _get("query", lambda: query_name(query, params, dialect), default)


def cache_llm_result(prompt: str, result: object, ttl: float = ONE_HOUR, **request: object) -> bool:
    """Keep a model's answer under `llm:{digest}` of the prompt and everything else asked with it.

    `request` is what else decides the answer: provider, model, messages, parameters, template.
    """
    return _set("llm", lambda: digest(prompt, request), result, ttl, ())


def get_cached_llm_result(prompt: str, default: Any = None, **request: object) -> Any:
    """The answer kept for this prompt and request, else `default`."""
    return _get("llm", lambda: digest(prompt, request), default)


def stage_name(post_id: object, stage_id: object) -> str:
    """`{post_id}:{stage_id}`; a digest for anything but a number and a dotted name."""
    if type(post_id) is int and type(stage_id) is str and _STAGE.fullmatch(stage_id):
        return readable_key(f"{post_id}:{stage_id}")
    return f"#{digest(post_id, stage_id)}"


def _get(namespace: str, name: Callable[[], str], default: Any) -> Any:
    site = current_site()
    found = _name(site, name)
    return default if found is None else get_value(site, NAMESPACES[namespace], found, default)


def _set(
    namespace: str,
    name: Callable[[], str],
    value: object,
    ttl: float,
    cache_tags: Iterable[str],
) -> bool:
    site = current_site()
    ttl_s = None if isinstance(ttl, UsualTtl) else ttl
    found = _name(site, name)
    if found is None:
        return False
    return set_value(site, NAMESPACES[namespace], found, value, ttl_s=ttl_s, cache_tags=cache_tags)


def _name(site: Site, name: Callable[[], str]) -> str | None:
    """The name, or None in production for a key of a type that has no name."""
    try:
        return name()
    except UnsupportedValue:
        if site.settings.core.environment != "production":
            raise
        site.pages.counts.unsupported.inc()
        return None
