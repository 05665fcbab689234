"""`cached`: any value, built once and kept until its time is over or one of its tags moves."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast

from blog_core.cache_tags import given_tags
from blog_core.caching.codec import Unreadable
from blog_core.caching.entries import full_key, open_entry, store_value
from blog_core.caching.keys import readable_key
from blog_core.caching.namespaces import Namespace
from blog_core.changes import collecting, depend, expire_at
from blog_core.changes.writing import in_writing_transaction
from blog_core.lifetimes import checked_ttl

if TYPE_CHECKING:
    from blog_core.site import Site

T = TypeVar("T")
_ABSENT = object()


def cached(
    site: "Site",
    namespace: Namespace,
    key: object,
    build: Callable[[], T],
    *,
    ttl_s: float | None = None,
    cache_tags: Iterable[str] = (),
    only_tagged: bool = False,
) -> T:
    """The value kept under `key`, else what `build` returns, which is then kept.

    One thread builds and the others wait for it. `cache_tags` are added to those that `build`
    names by `depend`; whatever encloses this call inherits them all. With `only_tagged` a value
    that depends on no tag is not kept. Inside a transaction that has
    written, the cache is neither read nor filled. Raises `TypeError` for tags that are not texts,
    and in development `UnsupportedValue` for a value outside the closed set of types; in
    production that value is returned and not kept.
    """
    lifetime_s = checked_ttl(site.pages.policy.ttl_s(namespace) if ttl_s is None else ttl_s)
    tags = given_tags(cache_tags)
    if in_writing_transaction():
        return build()
    name = full_key(site, namespace, readable_key(key))
    found = _look_up(site, name)
    if found is not _ABSENT:
        return cast("T", found)
    with site.ports.cache.lease(name, site.pages.policy.wait_s) as lease:
        # Looked up again: it may have been built between the miss and the lease.
        found = _ABSENT if lease.expired else _look_up(site, name)
        if found is not _ABSENT:
            return cast("T", found)
        with collecting() as collected:
            depend(*tags)
            value = build()
        expire_at(site.clock() + timedelta(seconds=lifetime_s))
        if lease.is_builder and (collected.cache_tags or not only_tagged):
            store_value(site, lease, value, lifetime_s, collected)
        return value


def _look_up(site: "Site", name: str) -> Any:
    entry = site.ports.cache.get(name)
    if entry is None:
        return _ABSENT
    try:
        return open_entry(entry)
    except Unreadable:
        return _ABSENT
