"""The REST API below `rest_prefix`: for programs, by tokens, described by its own document."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from blog_core.rest.answering import answering
from blog_core.rest.pages import further_routes
from blog_core.rest.problems import Problems
from blog_core.rest.reply import Reply
from blog_core.rest.table import core_routes
from blog_core.routes import Route

if TYPE_CHECKING:
    from blog_core.site import Site

__all__ = ["Problems", "Reply", "below", "routes"]


def routes(site: "Site") -> list[Route]:
    """The core's operations, the document, and the answer to everything else below the prefix."""
    return [*below(site, core_routes(site)), *further_routes(site)]


def below(site: "Site", routes: Iterable[Route]) -> Iterator[Route]:
    """Operations (the core's or a plugin's) at their places below the prefix."""
    prefix = site.settings.core.rest_prefix
    for route in routes:
        yield answering(site, replace(route, rule=f"{prefix}{route.rule}"))
