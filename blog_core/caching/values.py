"""Get and set by name, for callers who build in between: a set is only as new as its get.

A miss notes the stamps of its moment. The `set_value` that follows stores under them, so a value
made from rows that were changed meanwhile is refused, as it would be inside `cached`.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from flask import g, has_app_context

from blog_core.cache_tags import given_tags
from blog_core.caching.codec import Unreadable
from blog_core.caching.entries import full_key, open_entry, store_value
from blog_core.caching.namespaces import Namespace
from blog_core.changes import Collected, depend
from blog_core.changes.writing import in_writing_transaction
from blog_core.lifetimes import checked_ttl
from blog_core.ports import Lease

if TYPE_CHECKING:
    from blog_core.site import Site

_MOST_MISSES = 32
_outside: ContextVar[dict[str, Lease] | None] = ContextVar("blog_cache_misses", default=None)


def get_value(site: "Site", namespace: Namespace, name: str, default: object = None) -> Any:
    """The value stored under the name, else `default`; the output under way inherits its tags."""
    if in_writing_transaction():
        return default
    key = full_key(site, namespace, name)
    entry = site.ports.cache.get(key)
    if entry is not None:
        try:
            return open_entry(entry)
        except Unreadable:
            pass
    _remember(site.ports.cache.lease(key, 0.0))
    return default


def set_value(
    site: "Site",
    namespace: Namespace,
    name: str,
    value: object,
    *,
    ttl_s: float | None = None,
    cache_tags: Iterable[str] = (),
) -> bool:
    """Store the value under the stamps of the last miss of this name; whether it was stored.

    Raises `ValueError` for a lifetime that nobody can mean, `TypeError` for tags that are not
    texts, and in development `UnsupportedValue`.
    """
    lifetime_s = checked_ttl(site.pages.policy.ttl_s(namespace) if ttl_s is None else ttl_s)
    collected = Collected()
    collected.add(*given_tags(cache_tags))
    depend(*collected.cache_tags)
    if in_writing_transaction():
        return False
    key = full_key(site, namespace, name)
    lease = _misses().pop(key, None) or site.ports.cache.lease(key, 0.0)
    with lease:
        return store_value(site, lease, value, lifetime_s, collected)


def _remember(lease: Lease) -> None:
    """Keep the lease's stamps for this request, and let others build meanwhile."""
    lease.release()
    misses = _misses()
    misses.pop(lease.key, None)
    if len(misses) >= _MOST_MISSES:
        del misses[next(iter(misses))]
    if lease.is_builder:
        misses[lease.key] = lease


def _misses() -> dict[str, Lease]:
    if has_app_context():
        found: dict[str, Lease] = g.setdefault("_blog_cache_misses", {})
        return found
    outside = _outside.get()
    if outside is None:
        outside = {}
        _outside.set(outside)
    return outside
