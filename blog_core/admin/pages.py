"""What every page of the admin shares: its templates, addresses, dates and headers."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from flask import Response, url_for
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from blog_core.access.access import TOKEN_FIELD
from blog_core.admin.navigation import navigation

if TYPE_CHECKING:
    from blog_core.site import Site

TEMPLATES_DIR = Path(__file__).parent / "templates"


class Theme(Protocol):
    """What the admin asks of the reader's theme: its addresses, and its pages for previews."""

    @property
    def urls(self) -> Any:
        """Addresses of the reader's pages: `home()`, `post(slug)`, `asset(digest, name)`."""

    def html(self, template: str, page: object) -> Any:
        """A page of the theme; its text is `body`."""


class Pages:
    """Renders the admin of one blog."""

    def __init__(self, site: "Site", theme: Theme) -> None:
        self.site, self.theme = site, theme
        self._zone = ZoneInfo(site.settings.core.timezone)
        folders = [*site.host.contributions.templates, TEMPLATES_DIR]
        self._environment = Environment(
            loader=FileSystemLoader(folders),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=site.settings.core.debug,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {
            "url": self.url,
            "asset": self._asset,
            "brought": self.brought,
        }
        self._environment.filters["moment"] = self._moment

    def url(self, endpoint: str, **values: object) -> str:
        """The address of one of the blog's pages by its endpoint; None leaves a parameter out."""
        given: dict[str, Any] = {
            name: str(value) for name, value in values.items() if value is not None
        }
        return url_for(f"{self.site.name}.{endpoint}", **given)

    def preview_address(self, token: str) -> str:
        """The full address that a preview link has for people elsewhere."""
        urls = self.theme.urls
        return str(urls.absolute(f"{urls.prefix}/drafts/{token}"))

    def render(self, template: str, *, status: int = 200, **context: object) -> Response:
        """A page made of one of the admin's own templates."""
        return self.respond(f"blog_admin/{template}", status=status, **context)

    def respond(self, template: str, *, status: int = 200, **context: object) -> Response:
        """A page made for one person: not to be kept by anybody.

        `template` extends `blog_admin/base.html` and fills its blocks `title` and `main`.
        """
        access, core = self.site.access, self.site.settings.core
        actor = access.current_actor()
        shown = {
            "blog_title": core.title,
            "home_url": self.theme.urls.home(),
            "actor": actor if actor.role != "stranger" else None,
            "navigation": navigation(self.site, actor),
            "form_token": access.form_token(),
            "token_field": TOKEN_FIELD,
            "has_sign_in": access.identity is None,
        }
        text = self.text(template, **shown, **context)
        return private(Response(text, status, mimetype="text/html"))

    def text(self, template: str, **context: object) -> str:
        """A template of the admin or of a plugin, filled in."""
        return self._environment.get_template(template).render(**context)

    def brought(self, page: str, suffix: str) -> list[str]:
        """The addresses of what plugins add to a kind of page: files ending in `suffix`."""
        assets = self.site.host.contributions.assets
        files = (a for a in assets if a.page == page and a.file.suffix == suffix)
        return [self._asset(f"{a.owner}/{a.file.name}") for a in files]

    def to(self, endpoint: str, **values: object) -> Response:
        """On to another page, after a form was sent."""
        return self.to_url(self.url(endpoint, **values))

    @staticmethod
    def to_url(url: str) -> Response:
        """On to an address that was checked to be ours."""
        return private(Response(status=303, headers={"Location": url}))

    def _asset(self, name: str) -> str:
        return str(self.theme.urls.asset(self.site.assets[name].digest, name))

    def _moment(self, at: datetime) -> str:
        return at.astimezone(self._zone).strftime("%Y-%m-%d %H:%M")


def private(response: Response) -> Response:
    """Mark an answer as one person's own."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
