"""View models: all that a template of the theme gets, ready to be printed.

A template is given one object, `page`. Every address in it is a finished string, every date a
finished text, so that a template computes nothing and a site's own templates need no URL names.
Paths start with a slash; a field that must be a full URL says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from blog_core.rendering import Heading

MIN_TOC_ENTRIES = 3
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


# --- parts ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """A text and where it leads."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class FeedLink(Link):
    """A feed that belongs to a page."""

    mimetype: str = "application/atom+xml"


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time: `iso` for machines, `text` for readers."""

    iso: str
    text: str


@dataclass(frozen=True, slots=True)
class Pagination:
    """Where the neighbouring pages of a list are; '' at its ends."""

    newer_url: str = ""
    older_url: str = ""


@dataclass(frozen=True, slots=True)
class SiteView:
    """What every page shows of the site."""

    title: str
    home_url: str
    feed_url: str
    language: str = "en"
    tagline: str = ""
    rss_url: str = ""
    search_url: str = ""
    nav: tuple[Link, ...] = ()

    @property
    def direction(self) -> str:
        """`rtl` for languages written from right to left, else `ltr`."""
        return "rtl" if self.language.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"


@dataclass(frozen=True, slots=True)
class Head:
    """What browsers, search engines and previews read. `canonical_url`, `image_url`: full URLs."""

    title: str
    canonical_url: str
    description: str = ""
    kind: str = "website"
    image_url: str = ""
    published_iso: str = ""
    modified_iso: str = ""
    feeds: tuple[FeedLink, ...] = ()
    indexed: bool = True
    data: Markup | None = None


@dataclass(frozen=True, slots=True)
class PostSummary:
    """A post in a list."""

    title: str
    url: str
    published: Moment
    excerpt: str = ""
    authors: tuple[Link, ...] = ()
    tags: tuple[Link, ...] = ()
    reading_time_min: int = 1
    comment_count: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text; a marked one is what was looked for."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class FoundPost:
    """A post that a search found, and a part of its text."""

    post: PostSummary
    snippet: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment below a post; its anchor is `comment-{id}`."""

    id: int
    author: str
    posted: Moment
    body: Markup
    author_url: str = ""
    by_post_author: bool = False


@dataclass(frozen=True, slots=True)
class CommentForm:
    """The form of a comment: where it is sent, what was typed, and what is wrong with it by field.

    `trap` is the name of a field that people do not see.
    """

    url: str
    max_chars: int
    trap: str
    name: str = ""
    email: str = ""
    body: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TagView:
    """A tag and how many posts strangers find under it."""

    name: str
    url: str
    count: int


@dataclass(frozen=True, slots=True)
class MonthView:
    """A month of the archive. `level` says how full it is, 0 (no post, no page) to 4."""

    name: str
    url: str
    count: int
    level: int


@dataclass(frozen=True, slots=True)
class YearView:
    """A year of the archive, its months from January on."""

    year: int
    count: int
    months: tuple[MonthView, ...]


# --- pages ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What every HTML page has; `path` is its own address, to mark where a reader is."""

    site: SiteView
    head: Head
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage(Page):
    """Home, tag, author and month: posts, newest first.

    `heading` is the page's h1, `intro` a plain text below it, `feed_url` the list's own feed.
    """

    posts: tuple[PostSummary, ...]
    heading: str = ""
    intro: str = ""
    feed_url: str = ""
    pagination: Pagination = Pagination()
    first: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPage(Page):
    """A post. `newer` and `older` are its neighbours in time."""

    title: str
    url: str
    published: Moment
    body: Markup
    updated: Moment | None = None
    authors: tuple[Link, ...] = ()
    tags: tuple[Link, ...] = ()
    reading_time_min: int = 1
    toc: tuple[Heading, ...] = ()
    comments: tuple[CommentView, ...] = ()
    comment_form: CommentForm | None = None
    newer: Link | None = None
    older: Link | None = None
    related: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentPage(Page):
    """What became of a comment: `told` says it, and the form comes back when it was not taken."""

    post: Link
    heading: str
    told: str
    form: CommentForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage(Page):
    """A search: `query` is what was typed, `told` what is to be said about the answer."""

    query: str
    told: str = ""
    posts: tuple[FoundPost, ...] = ()
    pagination: Pagination = Pagination()


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsPage(Page):
    """All tags."""

    tags: tuple[TagView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePage(Page):
    """All months that have posts, by year, newest year first."""

    years: tuple[YearView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """404, 410, 503 and 500: needs neither database nor settings to be made.

    `links` are ways on, `reference` names a fault in the log.
    """

    status: int
    title: str
    text: str
    language: str = "en"
    links: tuple[Link, ...] = ()
    reference: str = ""


# --- choices -------------------------------------------------------------------------------------


def toc_of(headings: Sequence[Heading]) -> tuple[Heading, ...]:
    """The headings worth a table of contents: two levels, and none for a short text."""
    entries = tuple(heading for heading in headings if heading.level <= 3)
    return entries if len(entries) >= MIN_TOC_ENTRIES else ()


def level_of(count: int, largest: int) -> int:
    """How full a month is, in steps of a quarter of the fullest one; 0 only for no post."""
    return 0 if count <= 0 else min(4, 1 + (4 * count - 1) // max(largest, 1))
