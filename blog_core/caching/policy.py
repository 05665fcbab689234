"""How the core treats what can be cached; a cache plugin may say it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from blog_core.caching.namespaces import Namespace
from blog_core.ports import CacheTags

REVALIDATE = "public, no-cache"
"""Browsers and proxies may keep the page but ask each time; the answer is then a cheap 304."""
PRIVATE = "private, no-store"


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """Chosen once, when the app is made.

    `ignore_cookies` say nothing about a person; a name that ends in `*` is a prefix. At most
    `waiting_threads` of a process wait up to `wait_s` for a page that another is building.
    `cdn_ttl_s` above 0 lets a purging CDN keep pages, which then carry their cache tags in the
    header `cdn_tag_header`. `ttls` replaces the lifetimes of namespaces, in seconds.
    """

    ignore_cookies: tuple[str, ...] = ()
    wait_s: float = 5.0
    waiting_threads: int = 4
    cdn_ttl_s: int = 0
    cdn_tag_header: str = "Surrogate-Key"
    ttls: Mapping[str, float] = field(default_factory=dict)

    def ttl_s(self, namespace: Namespace) -> float:
        """How long entries of a namespace live unless the call says otherwise."""
        return self.ttls.get(namespace.name, namespace.ttl_s)

    @property
    def cache_control(self) -> str:
        """The Cache-Control header of a page that strangers may share."""
        if self.cdn_ttl_s:
            return f"public, max-age=0, must-revalidate, s-maxage={self.cdn_ttl_s}"
        return REVALIDATE

    def cdn_tags(self, cache_tags: CacheTags) -> tuple[tuple[str, str], ...]:
        """The header by which a CDN can purge the page; percent-encoded where tags hold more than
        names and numbers, for a space ends a tag there."""
        if not self.cdn_ttl_s or not cache_tags:
            return ()
        return ((self.cdn_tag_header, " ".join(quote(tag, ":*") for tag in sorted(cache_tags))),)
