"""Home, tag, author and month: posts, newest first, a page at a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from blog_core.caching import Page
from blog_core.content import reading
from blog_core.content.keyset import Cursor
from blog_core.content.keyset import Page as Rows
from blog_core.content.tags import tag_path
from blog_core.errors import NotFound
from blog_core.reader.dates import month_name
from blog_core.reader.moved import moved_page
from blog_core.reader.pages import FeedLink, Link, ListPage, Pagination, PostSummary
from blog_core.reader.theming import Theme

RSS = "application/rss+xml"


class Lists:
    """The views of the lists of one blog. Each is one statement when it is not cached."""

    def __init__(self, theme: Theme) -> None:
        self._theme, self._site = theme, theme.site
        self._limit = theme.site.settings.core.posts_per_page

    def home(self, page: Cursor | None = None, now: datetime | None = None) -> Page:
        """The newest posts, or an older page of them; those of another instant with `now`."""
        rows = reading.posts(self._site, page, limit=self._limit, now=now)
        urls, core = self._theme.urls, self._site.settings.core
        return self._page("home.html", rows, urls.home, cursor=page, description=core.tagline)

    def tag(self, slug: str, page: Cursor | None = None) -> Page:
        """The posts with a tag; a tag that was merged leads to the one that stayed."""
        try:
            rows = reading.posts_of_tag(self._site, slug, page, limit=self._limit)
        except NotFound:
            moved = moved_page(self._theme, tag_path(slug))
            if moved is None:
                raise
            return moved
        urls, first = self._theme.urls, rows.rows[0]
        return self._page(
            "tag.html",
            rows,
            lambda cursor="": urls.tag(slug, cursor),
            cursor=page,
            heading=first["tag_name"],
            intro=first["tag_description"],
            feed_url=urls.tag_feed(slug),
            rss_url=urls.tag_rss(slug),
        )

    def author(self, slug: str, page: Cursor | None = None) -> Page:
        """The posts of an author."""
        rows = reading.posts_of_author(self._site, slug, page, limit=self._limit)
        urls, first = self._theme.urls, rows.rows[0]
        return self._page(
            "author.html",
            rows,
            lambda cursor="": urls.author(slug, cursor),
            cursor=page,
            heading=first["author_name"],
            intro=first["author_bio"],
            feed_url=urls.author_feed(slug),
            rss_url=urls.author_rss(slug),
        )

    def month(self, month: str, page: Cursor | None = None) -> Page:
        """The posts of a month, `2026-11`."""
        rows = reading.posts_of_month(self._site, month, page, limit=self._limit)
        urls = self._theme.urls
        return self._page(
            "month.html",
            rows,
            lambda cursor="": urls.month(month, cursor),
            cursor=page,
            heading=month_name(month),
        )

    def _page(
        self,
        template: str,
        rows: Rows[RowMapping],
        url: Any,
        *,
        cursor: Cursor | None,
        heading: str = "",
        intro: str = "",
        feed_url: str = "",
        rss_url: str = "",
        description: str = "",
    ) -> Page:
        path = url(str(cursor) if cursor else "")
        atom, rss = (
            FeedLink(f"{heading}, Atom", feed_url),
            FeedLink(f"{heading}, RSS", rss_url, RSS),
        )
        feeds = (atom, rss) if feed_url else ()
        title = heading if cursor is None else f"{heading} (older posts)".strip()
        model = ListPage(
            site=self._theme.view,
            head=self._theme.head(
                title,
                path,
                description=intro or description,
                feeds=feeds,
                indexed=cursor is None,
            ),
            path=path,
            posts=summaries(self._theme, rows.rows),
            heading=heading,
            intro=intro,
            feed_url=feed_url,
            pagination=Pagination(
                newer_url=url(str(rows.newer)) if rows.newer else "",
                older_url=url(str(rows.older)) if rows.older else "",
            ),
            first=cursor is None,
        )
        return self._theme.html(template, model)


def summaries(theme: Theme, rows: Sequence[RowMapping]) -> tuple[PostSummary, ...]:
    """Posts as a list shows them."""
    urls = theme.urls
    return tuple(
        PostSummary(
            title=row["title"],
            url=urls.post(row["slug"]),
            published=theme.moment(row["publish_at"]),
            excerpt=row["excerpt"],
            authors=people(theme, row),
            tags=tuple(Link(tag["name"], urls.tag(tag["slug"])) for tag in row["tags"]),
            reading_time_min=row["reading_time_min"],
            comment_count=row["comment_count"],
        )
        for row in rows
    )


def people(theme: Theme, row: Mapping[Any, Any]) -> tuple[Link, ...]:
    """A post's authors, each with the address of their page."""
    urls = theme.urls
    return tuple(Link(author["name"], urls.author(author["slug"])) for author in row["authors"])
