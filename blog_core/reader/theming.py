"""The theme at work in one blog: templates, addresses, and the parts every page has."""

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import request

from blog_core.caching import Page, install_fragments
from blog_core.reader.dates import moment
from blog_core.reader.documents import xml_document
from blog_core.reader.pages import ErrorPage, Head, Link, Moment, SiteView
from blog_core.reader.theme import theme_environment
from blog_core.reader.urls import Urls

if TYPE_CHECKING:
    from blog_core.site import Site


class Theme:
    """Renders the reader's pages of one blog."""

    def __init__(self, site: "Site") -> None:
        core = site.settings.core
        self.site, self.language = site, core.language
        self.zone = ZoneInfo(core.timezone)
        folders = [core.theme_dir / "templates"] if core.theme_dir else []
        self._environment = theme_environment(
            self._asset_url,
            folders=[*folders, *site.host.contributions.templates],
            auto_reload=core.debug,
        )
        install_fragments(self._environment, site)
        self._get_template = lru_cache(maxsize=64)(self._environment.get_template)
        self._fixed = Urls.of(site_url=core.site_url, url_prefix=site.url_prefix)
        self._view_of = lru_cache(maxsize=16)(self._make_view)

    # --- addresses ---------------------------------------------------------------------------

    @property
    def urls(self) -> Urls:
        """The blog's addresses; below the request's own origin when `site_url` is not set."""
        if self._fixed.origin:
            return self._fixed
        prefix = f"{request.script_root}{self.site.url_prefix}"
        return Urls(prefix=prefix, origin=request.host_url.rstrip("/"))

    def _asset_url(self, name: str) -> str:
        return self.urls.asset(self.site.assets[name].digest, name)

    def full(self, address: str | None) -> str:
        """A full URL of an image or page given by path or address; "" for none."""
        if not address:
            return ""
        return self.urls.absolute(address) if address.startswith("/") else address

    # --- parts -------------------------------------------------------------------------------

    @property
    def view(self) -> SiteView:
        """What every page shows of the site."""
        return self._view_of(self.urls)

    def _make_view(self, urls: Urls) -> SiteView:
        core = self.site.settings.core
        nav = (
            Link("Archive", urls.archive()),
            Link("Tags", urls.tags()),
            Link("Search", urls.search()),
        )
        return SiteView(
            title=core.title,
            home_url=urls.home(),
            feed_url=urls.feed(),
            language=core.language,
            tagline=core.tagline,
            rss_url=urls.rss(),
            search_url=urls.search(),
            nav=nav,
        )

    def head(self, title: str, path: str, **more: object) -> Head:
        """The head of a page called `title` at `path`; "" for the home page."""
        name = self.site.settings.core.title
        return Head(
            title=f"{title} – {name}" if title else name,
            canonical_url=self.urls.absolute(path),
            **more,  # type: ignore[arg-type]
        )

    def moment(self, at: datetime) -> Moment:
        """`at` in the site's time zone."""
        return moment(at.astimezone(self.zone))

    # --- rendering ---------------------------------------------------------------------------

    def html(self, template: str, page: object) -> Page:
        """An HTML page of the theme."""
        return Page(self._get_template(f"blog/{template}").render(page=page))

    def xml(self, template: str, page: object, mimetype: str) -> Page:
        """An XML document of the theme."""
        text = self._get_template(f"blog/{template}").render(page=page)
        return Page(xml_document(text), mimetype=mimetype)

    def text(self, template: str, page: object) -> Page:
        """A plain text of the theme."""
        text = self._get_template(f"blog/{template}").render(page=page)
        return Page(text, mimetype="text/plain; charset=utf-8")

    def error(self, status: int, title: str, text: str, reference: str = "") -> str:
        """An error page; needs no database."""
        urls = self.urls
        links = (Link("To the front page", urls.home()), Link("To the archive", urls.archive()))
        page = ErrorPage(
            status=status,
            title=title,
            text=text,
            language=self.language,
            links=links,
            reference=reference,
        )
        return self._get_template("blog/error.html").render(page=page)
