"""View models of the documents that programs read: feeds, sitemaps and robots.txt.

All addresses are full URLs, all times ISO 8601 with a zone. `head.data` of a post is made here too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from blog_core.reader.pages import Link
from blog_core.rendering import json_data, legal_text


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A post in a feed. `id` never changes; `content` is its sanitised HTML, '' for none."""

    id: str
    title: str
    url: str
    published_iso: str
    updated_iso: str
    authors: tuple[str, ...]
    published_rss: str = ""
    summary: str = ""
    content: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A feed of the site, a tag or an author, as Atom or RSS.

    `updated_iso` is that of its newest entry; the fields in `_rss` say it as mails do (RFC 822).
    """

    id: str
    title: str
    url: str
    feed_url: str
    updated_iso: str
    entries: tuple[FeedEntry, ...]
    subtitle: str = ""
    language: str = "en"
    updated_rss: str = ""


@dataclass(frozen=True, slots=True)
class SitemapUrl:
    """An address for search engines, and when it last changed ('' when that is not known)."""

    url: str
    modified_iso: str = ""


@dataclass(frozen=True, slots=True)
class SitemapPage:
    """One file of the sitemap, or the index of its files."""

    urls: tuple[SitemapUrl, ...]


@dataclass(frozen=True, slots=True)
class RobotsPage:
    """robots.txt; `disallowed` are paths."""

    sitemap_url: str
    disallowed: tuple[str, ...] = ()


def xml_document(text: str) -> bytes:
    """A rendered XML template as bytes, without the characters that XML cannot hold."""
    return legal_text(text).encode()


def post_data(
    *,
    site: Link,
    title: str,
    url: str,
    published_iso: str,
    modified_iso: str,
    authors: Sequence[Link],
    description: str = "",
    image_url: str = "",
    words: int = 0,
    language: str = "en",
) -> Markup:
    """The JSON-LD of a post. All URLs are full ones."""
    optional = {"description": description, "image": image_url, "wordCount": words}
    return json_data(
        {
            "@context": "https://schema.org",
            "@type": "BlogPosting",
            "headline": title,
            "url": url,
            "mainEntityOfPage": url,
            "datePublished": published_iso,
            "dateModified": modified_iso,
            "inLanguage": language,
            "author": [{"@type": "Person", "name": a.text, "url": a.url} for a in authors],
            "isPartOf": {"@type": "Blog", "name": site.text, "url": site.url},
            **{name: value for name, value in optional.items() if value},
        }
    )
