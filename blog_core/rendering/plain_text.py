"""The words of a text without its markup: excerpts, word counts and reading time."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from markdown_it.token import Token

MAX_EXCERPT_CHARS = 280
WORDS_PER_MIN = 230
# Chinese and Japanese are written without spaces: one character counts as one word, read faster.
IDEOGRAMS_PER_MIN = 500
CODE_LINES_PER_MIN = 60

_IDEOGRAM = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_TAG = re.compile(r"<[^<>]*>")
_MORE = re.compile(r"<!--\s*more\s*-->", re.IGNORECASE)
_TEXT_TYPES = {"text", "text_special", "code_inline"}
_BREAK_TYPES = {"softbreak", "hardbreak"}


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is to read."""

    words: int
    ideograms: int
    code_lines: int = 0

    @property
    def reading_time_min(self) -> int:
        """Minutes for an even reader, at least one."""
        prose = self.words / WORDS_PER_MIN + self.ideograms / IDEOGRAMS_PER_MIN
        return max(1, ceil(prose + self.code_lines / CODE_LINES_PER_MIN))


def word_count(text: str) -> int:
    """Words of a plain text; each Chinese or Japanese character counts as one."""
    counts = _counts_of(text)
    return counts.words + counts.ideograms


def shorten(text: str, max_chars: int = MAX_EXCERPT_CHARS) -> str:
    """`text` on one line, cut between words with an ellipsis when it is longer than `max_chars`."""
    line = " ".join(text.split())
    if len(line) <= max_chars:
        return line
    room = line[:max_chars]
    cut = room.rfind(" ", max_chars * 2 // 3)
    return room[:cut].rstrip(" ,;:.–—-([") + "…" if cut > 0 else room + "…"


def inline_text(token: Token) -> str:
    """What an inline token says, on one line: no markup, images, notes or template tags."""
    return "".join(_piece(child) for child in token.children or ()).strip()


def html_text(raw: str) -> str:
    """What a piece of raw HTML says. For counting and excerpts: it is not safe HTML."""
    return html.unescape(_TAG.sub(" ", raw))


def counts_of(tokens: Sequence[Token]) -> Counts:
    """How much there is to read in a parsed text."""
    prose = _counts_of("\n".join(text for _, text in _blocks(tokens)))
    code_lines = sum(
        token.content.count("\n") for token in tokens if token.type in {"fence", "code_block"}
    )
    return Counts(prose.words, prose.ideograms, code_lines)


def excerpt_of(tokens: Sequence[Token]) -> str:
    """The text above a `<!-- more -->` mark, else the first paragraph; at most 280 characters."""
    marked = _above_mark(tokens)
    if marked is not None:
        return shorten(" ".join(text for kind, text in _blocks(marked) if kind != "heading_open"))
    return shorten(_first_paragraph(tokens))


def _counts_of(text: str) -> Counts:
    ideograms = len(_IDEOGRAM.findall(text))
    return Counts(len(_WORD.findall(_IDEOGRAM.sub(" ", text))), ideograms)


def _piece(token: Token) -> str:
    if token.type in _TEXT_TYPES:
        return token.content
    return " " if token.type in _BREAK_TYPES else ""


def _blocks(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Each block that says something: the token that opened it, and its text."""
    opener = ""
    for token in tokens:
        if token.type == "inline":
            yield opener, inline_text(token)
        elif token.type == "html_block":
            yield token.type, html_text(token.content)
        opener = token.type


def _first_paragraph(tokens: Sequence[Token]) -> str:
    spoken = [(kind, text) for kind, text in _blocks(tokens) if text.strip()]
    paragraphs = (text for kind, text in spoken if kind == "paragraph_open")
    return next(paragraphs, spoken[0][1] if spoken else "")


def _above_mark(tokens: Sequence[Token]) -> list[Token] | None:
    """The tokens before the mark, or None without one; a mark inside a paragraph splits it."""
    for i, token in enumerate(tokens):
        if token.type == "html_block" and _MORE.search(token.content):
            return list(tokens[:i])
        if token.type == "inline" and _MORE.search(token.content):
            return [*tokens[:i], _before_mark(token)]
    return None


def _before_mark(token: Token) -> Token:
    children = token.children or []
    marks = (i for i, child in enumerate(children) if _MORE.fullmatch(child.content))
    return Token("inline", "", 0, children=children[: next(marks, len(children))])
