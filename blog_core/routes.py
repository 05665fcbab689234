"""The route table: every route declares who may use it, what it takes and whether it is cached.

Nothing reaches Flask except through `RouteTable.add`; the dataclass has no defaults for the
decisions that matter, so a route without them cannot be written, and `verify` refuses an app whose
blueprint holds a route that was added behind the table's back.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask

from blog_core.errors import ConfigError, SettingFault
from blog_core.lifetimes import checked_ttl
from blog_core.operations import Operation

if TYPE_CHECKING:
    from blog_core.site import Site

View = Callable[..., Any]
Parser = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class CacheClass:
    """Whether answers may be stored for strangers, and for how long at most (seconds)."""

    stored: bool
    ttl_s: float = 0.0


NEVER = CacheClass(stored=False)


def cached_page(ttl_s: float = 300.0) -> CacheClass:
    """A public page: the same bytes for every stranger, until a tag moves or `ttl_s` passed.

    Raises `ValueError` for a lifetime that nobody can mean.
    """
    return CacheClass(stored=True, ttl_s=checked_ttl(ttl_s))


@dataclass(frozen=True, slots=True)
class Route:
    """One route. `permission` is "public", "signed-in" or a name of `blog_core.access`.

    `params` are the query parameters the view takes, with their parsers; `max_body_bytes` bounds
    the request body; `statements` is the budget of an uncached answer (None: not bounded).
    `refused` answers what the door does not let in (called with the error and the path's
    arguments), so that a sent form can come back; None leaves that to the error pages.
    A route with an `operation` belongs to the REST API: tokens prove who asks, never cookies.
    """

    endpoint: str
    rule: str
    view: View = field(repr=False)
    permission: str
    cache: CacheClass
    methods: tuple[str, ...] = ("GET",)
    params: Mapping[str, Parser] = field(default_factory=dict)
    max_body_bytes: int = 0
    statements: int | None = None
    refused: View | None = field(default=None, repr=False)
    operation: Operation | None = field(default=None, repr=False)

    @property
    def writes(self) -> bool:
        """Whether the route takes a method that changes something."""
        return bool(set(self.methods) - {"GET", "HEAD", "OPTIONS"})


class RouteTable:
    """The routes of one blog."""

    def __init__(self) -> None:
        self._routes: dict[str, Route] = {}

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes.values())

    def __getitem__(self, endpoint: str) -> Route:
        return self._routes[endpoint]

    def get(self, endpoint: str) -> Route | None:
        return self._routes.get(endpoint)

    def add(self, routes: Iterable[Route], *, owner: str) -> None:
        """Declare routes; `owner` (a face or a plugin) is named when something is wrong."""
        for route in routes:
            faults = list(_faults(route, owner))
            if route.endpoint in self._routes:
                faults.append(SettingFault(f"route {route.endpoint}", "twice", "one declaration"))
            if faults:
                raise ConfigError(faults)
            self._routes[route.endpoint] = route

    def bind(
        self, blueprint: Blueprint, site: "Site", guard: "Callable[[Site, Route], View]"
    ) -> None:
        """Put every declared route on the blueprint, behind `guard`."""
        for route in self:
            blueprint.add_url_rule(
                route.rule,
                endpoint=route.endpoint,
                view_func=guard(site, route),
                methods=list(route.methods),
            )

    def verify(self, app: Flask, blueprint_name: str) -> None:
        """Refuse an app whose blueprint has a route that is not in the table."""
        stray = [
            rule
            for rule in app.url_map.iter_rules()
            if rule.endpoint.startswith(f"{blueprint_name}.")
            and rule.endpoint.removeprefix(f"{blueprint_name}.") not in self._routes
        ]
        if stray:
            raise ConfigError(
                [
                    SettingFault(
                        f"route {rule.rule}",
                        f"endpoint {rule.endpoint!r} outside the route table",
                        "a Route with permission and cache class, added through the route table",
                    )
                    for rule in stray
                ]
            )


def _faults(route: Route, owner: str) -> Iterator[SettingFault]:
    where = f"route {route.endpoint} of {owner}"
    if not route.permission:
        yield SettingFault(where, "no permission", '"public", "signed-in" or a permission name')
    if route.cache.stored and (route.permission != "public" or route.writes):
        yield SettingFault(where, "a cache class", "NEVER: only public GET routes may be cached")
    if route.writes and route.max_body_bytes <= 0:
        yield SettingFault(where, "a writing method and no body limit", "max_body_bytes above 0")
