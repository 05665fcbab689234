"""What is sent and kept of a view's page: complete headers, and what forbids keeping it."""

from blog_core.caching.page import Headers, Page, StoredPage
from blog_core.changes import Collected
from blog_core.headers import SECURITY_HEADERS

VARY = ("Vary", "Accept-Encoding")
_VARYING = frozenset({"accept-encoding", "authorization"})
"""Headers that a kept page may vary by: a request with Authorization never meets the cache."""


def compose(
    page: Page,
    *,
    route: str,
    url: str,
    cache_control: str,
    compressed: bool,
    more: Headers = (),
) -> StoredPage:
    """`page` with every header that does not differ by request."""
    own = {name.lower() for name, _ in page.headers}
    added = (
        ("Content-Type", page.mimetype),
        ("Cache-Control", cache_control),
        VARY,
        *SECURITY_HEADERS,
        *more,
    )
    headers = (*page.headers, *(item for item in added if item[0].lower() not in own))
    return StoredPage.of(page, route=route, url=url, headers=headers, compressed=compressed)


def objection(page: Page, collected: Collected) -> str:
    """Why `page` must not be kept; "" when it may be."""
    if page.status != 200:
        return f"its status is {page.status}"
    for name, value in page.headers:
        if name.lower() == "set-cookie":
            return "it sets a cookie"
        if name.lower() == "vary" and not _names(value) <= _VARYING:
            return f"it varies by {value}"
        if name.lower() == "cache-control" and {"no-store", "private"} & _directives(value):
            return f"Cache-Control: {value}"
    return "; ".join(collected.reasons)


def _names(value: str) -> set[str]:
    return {name.strip().lower() for name in value.split(",")}


def _directives(value: str) -> set[str]:
    return {part.partition("=")[0].strip().lower() for part in value.split(",")}
