"""Where an address leads, and what the page cache keeps for it: for whoever explains the cache."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import HTTPException

from blog_core.caching.namespaces import MISSING, PAGE
from blog_core.dispatch import parse_params
from blog_core.errors import BlogError

if TYPE_CHECKING:
    from blog_core.site import Site


@dataclass(frozen=True, slots=True)
class Target:
    """An address, the route it leads to ("" for none), and the keys of its entries.

    `why_not` says why no answer of this address is ever kept; then there are no keys.
    """

    url: str
    route: str
    why_not: str = ""
    page_key: str = ""
    missing_key: str = ""


def target_of(site: "Site", url: str) -> Target:
    """What a stranger's GET of `url` is to the cache. A path alone is taken on the blog's host."""
    parts = urlsplit(url)
    base = f"{parts.scheme}://{parts.netloc}" if parts.netloc else _base(site)
    path = parts.path or "/"
    query = f"?{parts.query}" if parts.query else ""
    with site.app.test_request_context(path + query, base_url=base):
        return _target(site, request.url)


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
