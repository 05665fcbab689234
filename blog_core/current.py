"""Which blog is meant: the request's, else the activated one, else the only one."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING
from weakref import WeakSet

from flask import current_app, has_app_context, has_request_context, request

from blog_core.errors import NoCurrentBlog

if TYPE_CHECKING:
    from blog_core.site import Site

_activated: ContextVar["Site | None"] = ContextVar("blog_activated", default=None)
_alive: "WeakSet[Site]" = WeakSet()


@contextmanager
def activated(site: "Site") -> Iterator[None]:
    """Make `site` the current blog of this thread or task inside the block."""
    token = _activated.set(site)
    try:
        yield
    finally:
        _activated.reset(token)


def remember(site: "Site") -> None:
    """Note that a blog exists, weakly: needed to find "the only one" outside any context."""
    _alive.add(site)


def sites_of_current_app() -> dict[str, "Site"]:
    """The blogs mounted in the current app, by name."""
    found: dict[str, Site] = current_app.extensions.get("blog", {})
    return found


def current_site() -> "Site":
    """The current blog. Raises `NoCurrentBlog` when none or more than one could be meant."""
    if has_request_context() and request.blueprint:
        for site in sites_of_current_app().values():
            if request.blueprint.split(".")[0] == site.name:
                return site
    site_or_none = _activated.get()
    if site_or_none is not None:
        return site_or_none
    candidates = list(sites_of_current_app().values()) if has_app_context() else list(_alive)
    if len(candidates) == 1:
        return candidates[0]
    raise NoCurrentBlog(sorted(site.name for site in candidates))
