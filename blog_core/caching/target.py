"""Where an address leads, and what the page cache keeps for it: for whoever explains the cache."""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from flask import request
from werkzeug.exceptions import HTTPException

from blog_core.caching.namespaces import MISSING, PAGE
from blog_core.dispatch import parse_params
from blog_core.errors import BlogError

if TYPE_CHECKING:
    from blog_core.site import Site

_EXPECTED = "give a path such as /posts/a-title, or an address that begins with http:// or https://"
_UNSENDABLE = "it has characters or a host that no request can carry"
_HOST = re.compile(r"[\w.-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")


@dataclass(frozen=True, slots=True)
class Target:
    """An address, the route it leads to ("" for none), and the keys of its entries.

    `why_not` says why no answer of this address is ever kept; then there are no keys.
    `assumed_host` is the blog's own, taken for a path alone; "" when a host was given.
    """

    url: str
    route: str
    why_not: str = ""
    page_key: str = ""
    missing_key: str = ""
    assumed_host: str = ""


def target_of(site: "Site", url: str) -> Target:
    """What a stranger's GET of `url` is to the cache. A path alone is taken on the blog's host."""
    try:
        parts = urlsplit(url)
        if parts.netloc or parts.scheme:
            base = f"{parts.scheme}://{_checked_host(parts)}"
        else:
            base = _base(site)
        path = parts.path or "/"
        query = f"?{parts.query}" if parts.query else ""
        context = site.app.test_request_context(path + query, base_url=base)
    except ValueError as error:
        fault = _UNSENDABLE if isinstance(error, UnicodeError) else str(error)
        shown = url.encode("utf-8", "backslashreplace").decode()
        return Target(shown, "", f"it is no address ({fault}); {_EXPECTED}")
    with context:
        found = _target(site, request.url)
        return found if parts.netloc else replace(found, assumed_host=request.host)


def _checked_host(parts: SplitResult) -> str:
    """The host and port of an address. Raises `ValueError` for what no browser would ask."""
    if parts.scheme not in {"http", "https"}:
        raise ValueError(f"its scheme is {parts.scheme!r}")
    if not parts.hostname or "@" in parts.netloc or not _HOST.fullmatch(parts.netloc):
        raise ValueError(f"its host is {parts.netloc!r}")
    if parts.port == 0:
        raise ValueError("its port is 0")
    return parts.netloc


def _base(site: "Site") -> str:
    parts = urlsplit(site.settings.core.site_url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else "http://localhost"


def _target(site: "Site", url: str) -> Target:
    prefix = f"{site.name}."
    endpoint = request.endpoint or ""
    if not endpoint.startswith(prefix):
        return Target(url, "", _elsewhere(request.routing_exception))
    route = site.routes[endpoint.removeprefix(prefix)]
    if not route.cache.stored:
        return Target(url, route.endpoint, "its route declares that answers are never kept")
    try:
        params, canonical = parse_params(route, request.args)
    except BlogError as error:
        return Target(url, route.endpoint, f"its query is refused: {error}")
    if not canonical:
        return Target(url, route.endpoint, "its query holds what the route does not declare")
    name = site.pages.name_of_request(params)
    return Target(
        url,
        route.endpoint,
        page_key=site.pages.key(PAGE, name),
        missing_key=site.pages.key(MISSING, name),
    )


def _elsewhere(error: HTTPException | None) -> str:
    return (
        f"it leads nowhere ({error})" if error else "it leads to the host app and not to the blog"
    )
