"""Paths of the reader's pages as plain strings, so that templates and feeds need no request."""

from dataclasses import dataclass
from functools import lru_cache
from urllib import parse

# A list names the same few tags and authors again and again.
quote = lru_cache(maxsize=4_096)(parse.quote)

RULES = {
    "home": "/",
    "post": "/posts/<slug>",
    "comment": "/posts/<slug>/comments",
    "tags": "/tags",
    "tag": "/tags/<slug>",
    "author": "/authors/<slug>",
    "archive": "/archive",
    "month": "/archive/<month>",
    "search": "/search",
    "feed": "/feed.atom",
    "tag_feed": "/tags/<slug>/feed.atom",
    "author_feed": "/authors/<slug>/feed.atom",
    "rss": "/feed.rss",
    "tag_rss": "/tags/<slug>/feed.rss",
    "author_rss": "/authors/<slug>/feed.rss",
    "sitemap": "/sitemap.xml",
    "sitemap_part": "/sitemap-<int:number>.xml",
    "robots": "/robots.txt",
    "media": "/media/<path:path>",
    "asset": "/assets/<digest>/<path:name>",
    "old_path": "/<path:path>",
}
"""URL rules below the blog's prefix, by endpoint; `Urls` builds the same paths."""


@dataclass(frozen=True, slots=True)
class Urls:
    """Builds paths below `prefix` (no slash at its end) and absolute URLs below `origin`."""

    prefix: str = ""
    origin: str = ""

    @classmethod
    def of(cls, *, site_url: str | None, url_prefix: str) -> "Urls":
        """From the public address of the blog's home; without one, from where it is mounted."""
        if not site_url:
            return cls(prefix=url_prefix)
        parts = parse.urlsplit(site_url)
        return cls(prefix=parts.path.rstrip("/"), origin=f"{parts.scheme}://{parts.netloc}")

    def absolute(self, path: str) -> str:
        """The full URL of one of these paths (the path itself where no origin is known)."""
        return self.origin + path

    def home(self, cursor: str = "") -> str:
        return f"{self.prefix}/{_query(cursor)}"

    def post(self, slug: str) -> str:
        return f"{self.prefix}/posts/{quote(slug)}"

    def comment(self, slug: str) -> str:
        return f"{self.prefix}/posts/{quote(slug)}/comments"

    def tags(self) -> str:
        return f"{self.prefix}/tags"

    def tag(self, slug: str, cursor: str = "") -> str:
        return f"{self.prefix}/tags/{quote(slug)}{_query(cursor)}"

    def author(self, slug: str, cursor: str = "") -> str:
        return f"{self.prefix}/authors/{quote(slug)}{_query(cursor)}"

    def archive(self) -> str:
        return f"{self.prefix}/archive"

    def month(self, month: str, cursor: str = "") -> str:
        return f"{self.prefix}/archive/{month}{_query(cursor)}"

    def feed(self) -> str:
        return f"{self.prefix}/feed.atom"

    def tag_feed(self, slug: str) -> str:
        return f"{self.prefix}/tags/{quote(slug)}/feed.atom"

    def author_feed(self, slug: str) -> str:
        return f"{self.prefix}/authors/{quote(slug)}/feed.atom"

    def rss(self) -> str:
        return f"{self.prefix}/feed.rss"

    def tag_rss(self, slug: str) -> str:
        return f"{self.prefix}/tags/{quote(slug)}/feed.rss"

    def author_rss(self, slug: str) -> str:
        return f"{self.prefix}/authors/{quote(slug)}/feed.rss"

    def search(self, text: str = "", page: int = 1) -> str:
        given = ({"q": text} if text else {}) | ({"page": str(page)} if page > 1 else {})
        return f"{self.prefix}/search{'?' if given else ''}{parse.urlencode(given)}"

    def sitemap(self) -> str:
        return f"{self.prefix}/sitemap.xml"

    def sitemap_part(self, number: int) -> str:
        return f"{self.prefix}/sitemap-{number}.xml"

    def media(self, path: str) -> str:
        return f"{self.prefix}/media/{quote(path)}"

    def asset(self, digest: str, name: str) -> str:
        return f"{self.prefix}/assets/{digest}/{quote(name)}"


def _query(cursor: str) -> str:
    return f"?page={quote(cursor)}" if cursor else ""
