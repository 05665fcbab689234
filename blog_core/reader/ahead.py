"""The reader's pages as they will be at an instant to come, for editors who plan. Never kept."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from flask import Response
from markupsafe import Markup

from blog_core.content import reading
from blog_core.content.keyset import Cursor
from blog_core.reader.lists import Lists
from blog_core.reader.pages import SiteView
from blog_core.reader.posts import post_model
from blog_core.reader.theming import Theme
from blog_core.reader.urls import Urls
from blog_core.rendering.trusted import kept_piece

if TYPE_CHECKING:
    from blog_core.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlsAhead(Urls):
    """Addresses of the pages to come: `home_at(cursor)` and `post_at(slug)` lead to the same look
    ahead, everything else to the present."""

    home_at: Callable[[str], str]
    post_at: Callable[[str], str]

    def home(self, cursor: str = "") -> str:
        return self.home_at(cursor)

    def post(self, slug: str) -> str:
        return self.post_at(slug)


class Ahead:
    """A look at one blog's pages at another instant. Who may look is the caller's to decide."""

    def __init__(self, site: "Site") -> None:
        self._site = site

    def home(
        self,
        at: datetime,
        *,
        home_at: Callable[[str], str],
        post_at: Callable[[str], str],
        page: Cursor | None = None,
    ) -> Response:
        """The front page, or an older page of it. One statement."""
        theme = self._theme_at(at, home_at, post_at)
        return _response(Lists(theme).home(page, now=at).body)

    def post(
        self,
        slug: str,
        at: datetime,
        *,
        home_at: Callable[[str], str],
        post_at: Callable[[str], str],
    ) -> Response:
        """A post that readers will see then, else `NotFound`. At most two statements."""
        found = reading.post_page(self._site, slug, now=at)
        theme = self._theme_at(at, home_at, post_at)
        # Nobody comments on what is still to come.
        model = replace(post_model(theme, found.post, found.comments), comment_form=None)
        return _response(theme.html("post.html", model).body)

    @cached_property
    def _theme(self) -> "_ThemeAhead":
        return _ThemeAhead(self._site)

    def _theme_at(
        self, at: datetime, home_at: Callable[[str], str], post_at: Callable[[str], str]
    ) -> "_ThemeAhead":
        theme, now = copy(self._theme), self._theme.urls
        theme.told = f"As of {at.astimezone(theme.zone):%Y-%m-%d, %H:%M}"
        theme.ahead = UrlsAhead(now.prefix, now.origin, home_at=home_at, post_at=post_at)
        return theme


class _ThemeAhead(Theme):
    """The theme without kept pieces: what will be must not be shown to readers now.

    Instead of the blog's tagline its pages say as of when they are.
    """

    ahead: UrlsAhead | None = None
    told = ""

    def __init__(self, site: "Site") -> None:
        super().__init__(site)
        self._environment.globals["cached"] = _made_anew

    @property
    def urls(self) -> Urls:
        """The addresses of the look ahead."""
        return self.ahead or super().urls

    @property
    def view(self) -> SiteView:
        """What every page shows of the site."""
        return replace(super().view, tagline=self.told)


def _made_anew(_name: str, *_key: object, caller: Callable[[], str], **_: object) -> Markup:
    return kept_piece(str(caller()))


def _response(body: str | bytes) -> Response:
    response = Response(body, mimetype="text/html")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
