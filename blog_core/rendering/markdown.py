"""Markdown to safe HTML: parse, work on the tree, render, and sanitise last."""

import logging
import re
from collections.abc import Sequence
from html import escape, unescape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from blog_core.rendering.addresses import may_address
from blog_core.rendering.blocks import blocks, plain_code
from blog_core.rendering.characters import legal_text
from blog_core.rendering.footnotes import footnotes
from blog_core.rendering.headings import TOC, headings
from blog_core.rendering.limits import MAX_COMMENT_BYTES, MAX_TEXT_BYTES, refuse_over
from blog_core.rendering.pictures import PICTURES, Pictures
from blog_core.rendering.plain_text import counts_of, excerpt_of, inline_text, shorten
from blog_core.rendering.rendered import Image, Rendered
from blog_core.rendering.sanitiser import Profile, clean, sanitise
from blog_core.rendering.template_tags import template_tags

_log = logging.getLogger(__name__)
_RAW_IMAGE = re.compile(r"<img\b([^<>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(src|alt)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_POST_OPTIONS = {"tasklists": True, "strikethrough_single_tilde": True, "alerts": True}


def _post_parser() -> MarkdownIt:
    md = MarkdownIt("gfm-like", _POST_OPTIONS)
    for extend in (template_tags, footnotes, headings, blocks):
        md.use(extend)
    return _only_whole_addresses(md)


def _comment_parser() -> MarkdownIt:
    """Paragraphs, quotes, lists, code and links; a new line stays a new line."""
    md = MarkdownIt("gfm-like", {"html": False, "breaks": True})
    md.disable(["heading", "lheading", "table", "image", "hr", "reference"])
    return _only_whole_addresses(md.use(plain_code))


def _only_whole_addresses(md: MarkdownIt) -> MarkdownIt:
    """`https://example.org` becomes a link, `readme.md` does not."""
    if md.linkify:
        md.linkify.set({"fuzzy_link": False})
    return md


_POST, _COMMENT = _post_parser(), _comment_parser()


def render_markdown(text: str, *, pictures: Pictures | None = None) -> Rendered:
    """A post's Markdown, rendered; `pictures` are the known images, by address.

    Raises `TooLarge` above `MAX_TEXT_BYTES`, nothing else.
    """
    refuse_over(MAX_TEXT_BYTES, text, what="The text")
    source = legal_text(text)
    try:
        return _rendered(source, pictures or {})
    except Exception:  # noqa: BLE001  a fault in a parser must not keep a text from being saved
        _log.exception("Markdown could not be rendered; the text is shown as it was written")
        return Rendered(_as_written(source, "post"), excerpt=shorten(source), fell_back=True)


def render_comment(text: str) -> str:
    """A comment's Markdown as safe HTML. Raises `TooLarge` above `MAX_COMMENT_BYTES`."""
    refuse_over(MAX_COMMENT_BYTES, text, what="The comment")
    source = legal_text(text)
    try:
        return clean(_COMMENT.render(source), profile="comment")
    except Exception:  # noqa: BLE001  as above
        _log.exception("A comment could not be rendered; it is shown as it was written")
        return _as_written(source, "comment")


def _rendered(source: str, pictures: Pictures) -> Rendered:
    env: dict[str, object] = {PICTURES: pictures}
    tokens = _POST.parse(source, env)
    counts = counts_of(tokens)
    return Rendered(
        html=clean(_POST.renderer.render(tokens, _POST.options, env), profile="post"),
        toc=env[TOC],  # type: ignore[arg-type]  # the headings rule put a tuple of Heading there
        words=counts.words + counts.ideograms,
        reading_time_min=counts.reading_time_min,
        excerpt=excerpt_of(tokens),
        first_image=_first_image(tokens),
    )


def _as_written(source: str, profile: Profile) -> str:
    paragraphs = (f"<p>{escape(part)}</p>" for part in source.split("\n\n") if part.strip())
    return sanitise("\n".join(paragraphs), profile=profile)


def _first_image(tokens: Sequence[Token]) -> Image | None:
    flat = (child for token in tokens for child in (token.children or [token]))
    found = (_image_of(token) for token in flat)
    return next((image for image in found if image and may_address(image.src)), None)


def _image_of(token: Token) -> Image | None:
    if token.type == "image":
        return Image(str(token.attrs["src"]), inline_text(token))
    raw = token.type in {"html_inline", "html_block"} and _RAW_IMAGE.search(token.content)
    if not raw:
        return None
    values = {m[1].lower(): unescape(m[2] or m[3] or "") for m in _ATTRIBUTE.finditer(raw[1])}
    return Image(values["src"], values.get("alt", "")) if values.get("src") else None
