"""Headings of a text: below the page's own title, without gaps, each with a unique id."""

import re
import unicodedata

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from blog_core.rendering.plain_text import inline_text
from blog_core.rendering.rendered import Heading
from blog_core.rendering.sanitiser import ID_PREFIX

TOC = "toc"
_MAX_SLUG_CHARS = 60
_NOT_WORD = re.compile(r"[\W_]+")
_RAW_TAG = re.compile(r"<(/?)h([1-6])\b", re.IGNORECASE)


def headings(md: MarkdownIt) -> None:
    """Teach `md` to number and name headings, and to leave `env["toc"]`."""
    md.core.ruler.push("headings", _apply)


class Outline:
    """Turns levels as written into levels of the page: h2 at the top, never skipping one."""

    def __init__(self) -> None:
        self._open: list[int] = []

    def level_of(self, written: int) -> int:
        """The level to show for a heading that was written with level `written`."""
        while self._open and self._open[-1] >= written:
            self._open.pop()
        self._open.append(written)
        return min(1 + len(self._open), 6)

    def current(self) -> int:
        """The level of the heading shown last."""
        return min(1 + max(len(self._open), 1), 6)


class Ids:
    """Hands out ids made of heading texts, each once."""

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._next: dict[str, int] = {}

    def make(self, text: str) -> str:
        """A new id for a heading that reads `text`."""
        slug = name = slug_of(text)
        while name in self._used:
            self._next[slug] = self._next.get(slug, 1) + 1
            name = f"{slug}-{self._next[slug]}"
        self._used.add(name)
        return ID_PREFIX + name


def slug_of(text: str) -> str:
    """`text` as the readable part of an id: letters of any script, or 'section' without any."""
    words = _NOT_WORD.sub("-", unicodedata.normalize("NFKC", text).lower())
    return words[:_MAX_SLUG_CHARS].strip("-") or "section"


def _apply(state: StateCore) -> None:
    outline, ids, toc = Outline(), Ids(), []
    for i, token in enumerate(state.tokens):
        if token.type == "heading_open":
            heading = _name(token, state.tokens[i + 1], outline, ids)
            toc.append(heading)
        elif token.type == "heading_close":
            token.tag = f"h{outline.current()}"
        elif token.type == "html_block":
            token.content = _renumber(token.content, outline)
    state.env[TOC] = tuple(heading for heading in toc if heading.text)


def _name(token: Token, inline: Token, outline: Outline, ids: Ids) -> Heading:
    text = inline_text(inline)
    heading = Heading(outline.level_of(int(token.tag[1])), ids.make(text), text)
    token.tag = f"h{heading.level}"
    token.attrSet("id", heading.id)
    return heading


def _renumber(raw: str, outline: Outline) -> str:
    """Headings written as HTML follow the same outline; the sanitiser still comes after."""

    def tag(match: re.Match[str]) -> str:
        closing = match[1] == "/"
        return f"</h{outline.current()}" if closing else f"<h{outline.level_of(int(match[2]))}"

    return _RAW_TAG.sub(tag, raw)
