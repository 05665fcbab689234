"""`cached`: any value, built once and kept until its time is over or one of its tags moves."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from blog_core.caching.codec import Unreadable, decode_value, encode_value
from blog_core.caching.keys import readable_key
from blog_core.caching.namespaces import Namespace, checked_ttl
from blog_core.changes import Collected, collecting, depend, expire_at
from blog_core.errors import UnsupportedValue

if TYPE_CHECKING:
    from blog_core.ports import CacheTags, Entry, Lease
    from blog_core.site import Site

T = TypeVar("T")
_ABSENT = object()
_WAIT_S = 5.0


def cached(
    site: "Site",
    namespace: Namespace,
    key: object,
    build: Callable[[], T],
    *,
    ttl_s: float | None = None,
    cache_tags: "CacheTags" = frozenset(),
) -> T:
    """The value kept under `key`, else what `build` returns, which is then kept.

    One thread builds and the others wait for it. `cache_tags` are added to those that `build`
    names by `depend`; whatever encloses this call inherits them all. Inside a transaction that has
    written, the cache is neither read nor filled. Raises `UnsupportedValue` in development for a
    value outside the closed set of types; in production that value is returned and not kept.
    """
    lifetime_s = checked_ttl(site.pages.policy.ttl_s(namespace) if ttl_s is None else ttl_s)
    if site.changes.is_writing():
        return build()
    full_key = f"{site.pages.key_prefix}:{namespace.name}:{readable_key(key)}"
    found = _look_up(site, full_key)
    if found is not _ABSENT:
        return cast("T", found)
    with site.ports.cache.lease(full_key, _WAIT_S) as lease:
        # Looked up again: it may have been built between the miss and the lease.
        found = _ABSENT if lease.expired else _look_up(site, full_key)
        if found is not _ABSENT:
            return cast("T", found)
        if not lease.is_builder:
            return build()
        with collecting() as collected:
            depend(*cache_tags)
            value = build()
        store_value(site, lease, value, lifetime_s, collected)
        return value


def store_value(
    site: "Site", lease: "Lease", value: object, ttl_s: float, collected: Collected
) -> bool:
    """Keep `value` under the lease unless something forbids it; whether it was kept.

    Raises `UnsupportedValue` in development.
    """
    if not collected.is_cacheable:
        return False
    left_s = collected.ttl_s(ttl_s, site.clock())
    if left_s <= 0:
        return False
    try:
        data = encode_value(value)
    except UnsupportedValue:
        if site.settings.core.environment != "production":
            raise
        return False
    return site.ports.cache.put(lease, data, ttl_s=left_s, cache_tags=collected.cache_tags)


def open_entry(entry: "Entry") -> Any:
    """The value of an entry; the output under way inherits its tags and its end.

    Raises `Unreadable` for a value that no codec of this version wrote.
    """
    value = decode_value(entry.value)
    depend(*entry.cache_tags)
    expire_at(datetime.fromtimestamp(entry.expires_at, UTC))
    return value


def _look_up(site: "Site", full_key: str) -> Any:
    entry = site.ports.cache.get(full_key)
    if entry is None:
        return _ABSENT
    try:
        return open_entry(entry)
    except Unreadable:
        return _ABSENT
