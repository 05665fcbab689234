"""The admin's navigation: the core's pages and those of plugins, for the one who looks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request, url_for

from blog_core.access.access import SIGNED_IN
from blog_core.host.contributions import AdminPage
from blog_core.ports import Actor

if TYPE_CHECKING:
    from blog_core.site import Site

CORE_PAGES = (
    AdminPage("Posts", "admin_posts", "read-drafts", group="write"),
    AdminPage("Media", "admin_media", "upload-media", group="write"),
    AdminPage("Comments", "admin_comments", "moderate-comments", group="write"),
    AdminPage("Tags", "admin_tag_list", "manage-tags"),
    AdminPage("Old addresses", "admin_redirects", "manage-redirects"),
    AdminPage("Accounts", "admin_accounts", "manage-accounts"),
    AdminPage("Tokens", "admin_tokens", "signed-in"),
    AdminPage("Webhooks", "admin_webhooks", "manage-site"),
    AdminPage("Settings", "admin_settings", "manage-site"),
    AdminPage("Health", "admin_health", "see-internals"),
)
"""In the order of the bar; plugins' pages follow."""


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """A page to go to; `is_here` marks the one being shown."""

    title: str
    url: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Navigation:
    """The links of the bar and those of the menu beside it."""

    write: tuple[NavigationLink, ...]
    site: tuple[NavigationLink, ...]


def navigation(site: "Site", actor: Actor) -> Navigation:
    """What `actor` may go to. Part of a request; asks no database."""
    pages = [*CORE_PAGES, *site.host.contributions.admin_pages]
    allowed = [page for page in pages if _may_see(site, actor, page)]
    return Navigation(
        tuple(_links(site, (page for page in allowed if page.group == "write"))),
        tuple(_links(site, (page for page in allowed if page.group == "site"))),
    )


def _may_see(site: "Site", actor: Actor, page: AdminPage) -> bool:
    if site.routes.get(page.endpoint) is None or actor.role == "stranger":
        return False
    return page.permission == SIGNED_IN or site.access.allows(actor, page.permission)


def _links(site: "Site", pages: Iterable[AdminPage]) -> Iterator[NavigationLink]:
    for page in pages:
        endpoint = f"{site.name}.{page.endpoint}"
        yield NavigationLink(page.title, url_for(endpoint), request.endpoint == endpoint)
