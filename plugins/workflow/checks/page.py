"""The newest saved text of a post as its readers would get it: links, images and paragraphs."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from sqlalchemy import bindparam, select

from blog_core.api import NotFound, Post, Query, Revision, Site, depend, render_markdown

HEAD_TEXT = Query(
    "workflow.head_text",
    select(Revision.body, Revision.image)
    .select_from(Post)
    .outerjoin(Revision, Revision.id == Post.head_revision_id)
    .where(Post.id == bindparam("post_id")),
)
_BLOCKS = frozenset({"p", "li", "dd", "td", "th", "blockquote"})


@dataclass(frozen=True, slots=True)
class Link:
    """A link: where it leads, and the words that one clicks on."""

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An image: its address, and what it shows, None where nothing is said."""

    src: str
    alt: str | None


@dataclass(slots=True)
class Page:
    """What a check needs of a text."""

    links: list[Link] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    paragraphs: list[str] = field(default_factory=list)


def read_page(site: Site, post_id: int) -> Page:
    """The post's newest saved text. Raises `NotFound`."""
    depend(f"post:{post_id}")
    rows = site.read(HEAD_TEXT, {"post_id": post_id})
    if not rows:
        raise NotFound("post", post_id)
    page = page_of(render_markdown(rows[0]["body"] or "").html)
    if rows[0]["image"]:
        page.pictures.insert(0, Picture(rows[0]["image"], ""))
    return page


def page_of(html: str) -> Page:
    """The links, images and paragraphs of HTML that has passed the sanitiser."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page


def path_here(site: Site, address: str) -> str | None:
    """The path below the blog's prefix that an address leads to; None when it leads elsewhere."""
    try:
        parts = urlsplit(address)
        home = urlsplit(site.settings.core.site_url or "")
    except ValueError:
        return None
    if parts.netloc and parts.netloc != home.netloc:
        return None
    if not parts.path.startswith("/"):
        return None
    prefix = home.path.rstrip("/") or site.url_prefix
    path = unquote(parts.path)
    return path.removeprefix(prefix) if path.startswith(f"{prefix}/") else None


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._href: str | None = None
        self._link: list[str] = []
        self._words: list[str] = []
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            self.page.ids.add(str(values["id"]))
        if tag == "img":
            self.page.pictures.append(Picture(values.get("src") or "", values.get("alt")))
            self._link.append(values.get("alt") or "")
        elif tag == "a" and "href" in values:
            self._href, self._link = values["href"] or "", []
        elif tag == "pre":
            self._code += 1
        elif tag in _BLOCKS:
            self._end_paragraph()

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._href is not None:
            self.page.links.append(Link(self._href, " ".join("".join(self._link).split())))
            self._href = None
        elif tag == "pre":
            self._code -= 1
        elif tag in _BLOCKS:
            self._end_paragraph()

    def handle_data(self, data: str) -> None:
        self._link.append(data)
        if not self._code:
            self._words.append(data)

    def close(self) -> None:
        super().close()
        self._end_paragraph()

    def _end_paragraph(self) -> None:
        text = " ".join("".join(self._words).split())
        self._words.clear()
        if text:
            self.page.paragraphs.append(text)
