"""The units in which instructions are compared: sentences of paragraphs, and items of lists."""

import re
from dataclasses import dataclass

from . import instructions
from .document import Document
from .items import BARE_MARKER
from .keep import Spans
from .passages import LISTS, Passage
from .sentences import fold, sentences, words

MIN_WORDS = 5
EDGE_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")
PAIRED = ("*", "`", "~~")
BRACKETS = ("()", "[]", "{}", "“”")
# Parts of a prompt that a template may leave out: what they say can't be relied on elsewhere.
CONDITIONS = re.compile(r"\{%|\{\{[#^/]")


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence or item. `leans` says that it needs the sentence before it to be understood."""

    start: int
    end: int
    key: str
    size: int
    leans: bool
    # Why it may not go alone even if it is a repeat; empty if it may.
    stays: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A passage with its units, and the same question for the whole of it."""

    passage: Passage
    units: tuple[Unit, ...]
    stays: str


def paragraphs(document: Document, found: list[Passage], kept: Spans) -> list[Paragraph]:
    """The passages cut into units."""
    conditions = "parts of the prompt are conditional" if CONDITIONS.search(document.text) else ""
    return [_paragraph(document, passage, kept, conditions or passage.stays) for passage in found]


def _paragraph(document: Document, passage: Passage, kept: Spans, stays: str) -> Paragraph:
    text = document.text[passage.start : passage.end]
    spans = [(0, len(text))] if passage.is_item else list(sentences(text))
    alone = stays or _why_whole(text)
    units = tuple(
        Unit(
            start=passage.start + start,
            end=passage.start + end,
            key=fold(text[start:end]),
            size=len(words(text[start:end])),
            leans=instructions.leans_on_others(text[start:end]),
            stays=alone or _why_not_alone(passage.start, start, end, text, kept),
        )
        for start, end in spans
    )
    return Paragraph(passage, units, stays or _why_it_leads(document, passage, text))


def _why_it_leads(document: Document, passage: Passage, text: str) -> str:
    """A passage that introduces what follows it has to stay with it."""
    if passage.is_item:
        line = document.text[document.starts[passage.lines[0]] : passage.start]
        return "" if BARE_MARKER.fullmatch(line) else "its line holds two markers"
    following = document.blocks[passage.block + 1 : passage.block + 2]
    if text.rstrip("*_ \t\r\n").endswith(":"):
        return "it introduces what follows"
    if following and following[0].kind in {*LISTS, "code_block"}:
        return "it introduces what follows"
    return ""


def _why_whole(text: str) -> str:
    """Signs that the sentences of this paragraph can't be told apart safely."""
    if text.count('"') % 2 or text.count("“") != text.count("”"):
        return "it stands in a quotation that is still open"
    return "it stands between HTML tags" if "</" in text else ""


def _why_not_alone(offset: int, start: int, end: int, text: str, kept: Spans) -> str:
    sentence = text[start:end]
    if sentence.rstrip("*_ ").endswith(":"):
        return "it introduces what follows"
    if (
        any(sentence.count(mark) % 2 for mark in PAIRED)
        or len(EDGE_UNDERSCORE.findall(sentence)) % 2
    ):
        return "it holds half of an emphasis"
    if any(sentence.count(pair[0]) != sentence.count(pair[1]) for pair in BRACKETS):
        return "it holds half of a bracket"
    edges = (offset + start, offset + end)
    if any(_is_inside(kept, edge) for edge in edges):
        return "it stands in a template or a formula"
    return ""


def _is_inside(kept: Spans, edge: int) -> bool:
    return edge > 0 and kept.touch(edge - 1, edge) and kept.touch(edge, edge + 1)
