"""What programs read: feeds as Atom and RSS, the sitemap and robots.txt."""

from datetime import UTC, datetime
from email.utils import format_datetime

from sqlalchemy import RowMapping

from blog_core.caching import Page
from blog_core.content import reading
from blog_core.errors import NotFound
from blog_core.reader.documents import FeedEntry, FeedPage, RobotsPage, SitemapPage, SitemapUrl
from blog_core.reader.theming import Theme
from blog_core.reader.urls import RULES

ATOM = "application/atom+xml; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
XML = "application/xml; charset=utf-8"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Feeds:
    """The documents of one blog. Each is one statement when it is not cached."""

    def __init__(self, theme: Theme) -> None:
        self._theme, self._site = theme, theme.site
        self._limit = theme.site.settings.core.feed_posts

    def feed(self) -> Page:
        """The newest posts of the blog."""
        return self._theme.xml("atom.xml", self._newest(self._theme.urls.feed()), ATOM)

    def tag_feed(self, slug: str) -> Page:
        """The newest posts with a tag."""
        model = self._of_tag(slug, self._theme.urls.tag_feed(slug))
        return self._theme.xml("atom.xml", model, ATOM)

    def author_feed(self, slug: str) -> Page:
        """The newest posts of an author."""
        model = self._of_author(slug, self._theme.urls.author_feed(slug))
        return self._theme.xml("atom.xml", model, ATOM)

    def rss(self) -> Page:
        """The newest posts of the blog, as RSS."""
        return self._theme.xml("rss.xml", self._newest(self._theme.urls.rss()), RSS)

    def tag_rss(self, slug: str) -> Page:
        """The newest posts with a tag, as RSS."""
        model = self._of_tag(slug, self._theme.urls.tag_rss(slug))
        return self._theme.xml("rss.xml", model, RSS)

    def author_rss(self, slug: str) -> Page:
        """The newest posts of an author, as RSS."""
        model = self._of_author(slug, self._theme.urls.author_rss(slug))
        return self._theme.xml("rss.xml", model, RSS)

    def _newest(self, feed_path: str) -> FeedPage:
        core = self._site.settings.core
        rows = reading.feed(self._site, limit=self._limit)
        home = self._theme.urls.home()
        return self._feed(rows, core.title, home, feed_path, subtitle=core.tagline)

    def _of_tag(self, slug: str, feed_path: str) -> FeedPage:
        rows = reading.feed(self._site, limit=self._limit, tag=slug)
        if not rows:
            raise NotFound("tag", slug)
        title = f"{rows[0]['tag_name']} – {self._theme.view.title}"
        return self._feed(rows, title, self._theme.urls.tag(slug), feed_path)

    def _of_author(self, slug: str, feed_path: str) -> FeedPage:
        rows = reading.feed(self._site, limit=self._limit, author=slug)
        if not rows:
            raise NotFound("author", slug)
        title = f"{rows[0]['author_name']} – {self._theme.view.title}"
        return self._feed(rows, title, self._theme.urls.author(slug), feed_path)

    def _feed(
        self,
        rows: tuple[RowMapping, ...],
        title: str,
        path: str,
        feed_path: str,
        *,
        subtitle: str = "",
    ) -> FeedPage:
        full = self._theme.urls.absolute
        updated = max((max(r["updated_at"], r["publish_at"]) for r in rows), default=_NEVER)
        return FeedPage(
            id=full(path),
            title=title,
            url=full(path),
            feed_url=full(feed_path),
            updated_iso=updated.isoformat(timespec="seconds"),
            entries=tuple(self._entry(row) for row in rows),
            subtitle=subtitle,
            language=self._theme.language,
            updated_rss=format_datetime(updated),
        )

    def _entry(self, row: RowMapping) -> FeedEntry:
        url = self._theme.urls.absolute(self._theme.urls.post(row["slug"]))
        published, updated = row["publish_at"], max(row["updated_at"], row["publish_at"])
        return FeedEntry(
            # RFC 4151: it stays the same when the title, the slug or the address changes.
            id=f"tag:{self._authority()},{published:%Y-%m-%d}:post-{row['id']}",
            title=row["title"],
            url=url,
            published_iso=published.isoformat(timespec="seconds"),
            updated_iso=updated.isoformat(timespec="seconds"),
            authors=tuple(author["name"] for author in row["authors"]),
            published_rss=format_datetime(published),
            summary=row["excerpt"],
            content=row["html"],
            tags=tuple(tag["name"] for tag in row["tags"]),
        )

    def _authority(self) -> str:
        return self._theme.urls.origin.partition("://")[2].partition(":")[0] or "localhost"

    def sitemap(self) -> Page:
        """The index of the sitemap's files."""
        urls = self._theme.urls
        parts = range(1, reading.sitemap_parts(self._site) + 1)
        model = SitemapPage(
            tuple(SitemapUrl(urls.absolute(urls.sitemap_part(number))) for number in parts)
        )
        return self._theme.xml("sitemap_index.xml", model, XML)

    def sitemap_part(self, number: int) -> Page:
        """One file of the sitemap: the visible posts of a range of ids."""
        rows = reading.sitemap_part(self._site, number)
        if not rows:
            raise NotFound("sitemap file", number)
        urls = self._theme.urls
        model = SitemapPage(
            tuple(
                SitemapUrl(
                    urls.absolute(urls.post(row["slug"])),
                    row["updated_at"].isoformat(timespec="seconds"),
                )
                for row in rows
            )
        )
        return self._theme.xml("sitemap.xml", model, XML)

    def robots(self) -> Page:
        """robots.txt: everything but the admin and the API."""
        urls, core = self._theme.urls, self._site.settings.core
        closed = (f"{core.admin_prefix}/", f"{core.rest_prefix}/", RULES["search"])
        disallowed = tuple(f"{urls.prefix}{path}" for path in closed)
        model = RobotsPage(urls.absolute(urls.sitemap()), disallowed)
        return self._theme.text("robots.txt", model)
