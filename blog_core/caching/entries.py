"""Values in entries: encoded when stored, and opened with everything they depend on."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from blog_core.caching.codec import decode_value, encode_value
from blog_core.changes import Collected, depend, expire_at
from blog_core.errors import UnsupportedValue

if TYPE_CHECKING:
    from blog_core.caching.namespaces import Namespace
    from blog_core.ports import Entry, Lease
    from blog_core.site import Site


def full_key(site: "Site", namespace: "Namespace", name: str) -> str:
    """The complete key of a readable name: release, blog, namespace, name."""
    return f"{site.pages.key_prefix}:{namespace.name}:{name}"


def open_entry(entry: "Entry") -> Any:
    """The value of an entry; the output under way inherits its tags and its end.

    Raises `Unreadable` for a value that no codec of this version wrote.
    """
    value = decode_value(entry.value)
    depend(*entry.cache_tags)
    expire_at(datetime.fromtimestamp(entry.expires_at, UTC))
    return value


def store_value(
    site: "Site", lease: "Lease", value: object, ttl_s: float, collected: Collected
) -> bool:
    """Keep `value` under the lease unless something forbids it; whether it was kept.

    Raises `UnsupportedValue`, but in production such a value is not kept and counted instead.
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
        site.pages.counts.unsupported.inc()
        return False
    return site.ports.cache.put(lease, data, ttl_s=left_s, cache_tags=collected.cache_tags)
