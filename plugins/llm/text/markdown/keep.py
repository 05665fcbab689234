"""What no layout step may touch: templates, math, link targets, quoted strings, front matter."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

# An opening mark without its closing one nearby is no span (a stray brace protects nothing).
MAX_SPAN = 4_000
PAIRS = (
    ("{{", "}}"),
    ("{%", "%}"),
    ("{#", "#}"),
    ("$$", "$$"),
    ("\\[", "\\]"),
    ("\\(", "\\)"),
    ("](", ")"),
)
IN_ONE_LINE = (
    ("$", re.compile(r"\$[^$\n]+\$")),  # inline math
    ('"', re.compile(r'"[^"\n]*"')),  # a quoted string may be about blanks
    ("“", re.compile(r"“[^”\n]*”")),
    ("[", re.compile(r"\[[A-Za-z_][\w.-]*:[^\[\]\n]*\]")),  # [data:field]
)
FRONT_MATTER = re.compile(r"(---|\+\+\+)[ \t\r]*\n(?=\S)(?:[^\n]*\n)*?\1[ \t\r]*(?:\n|\Z)")
VERBATIM_TAGS = re.compile(r"\{%-?\s*(end)?(raw|verbatim|highlight|comment|code|pre)\b")


class Spans:
    """A set of spans of a text, made for one question: is anything of it in here?"""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self.starts = [start for start, _ in ordered]
        # The furthest end of a span and all before it, so that one look-up is enough.
        self.ends = list(accumulate((end for _, end in ordered), max))

    def touch(self, start: int, end: int) -> bool:
        """True when one of the spans shares a character with `start` to `end`."""
        before = bisect_right(self.starts, end - 1)
        return before > 0 and self.ends[before - 1] > start


def kept_spans(text: str) -> Spans:
    """The spans of a text that stay as they are, byte by byte."""
    return Spans(_spans(text))


def pieces(text: str) -> list[str]:
    """The kept spans themselves, for a comparison of two texts."""
    return [text[start:end] for start, end in sorted(_spans(text))]


def between(
    text: str, opening: str, closing: str, most: int = MAX_SPAN
) -> Iterator[tuple[int, int]]:
    """Spans from each opening mark to the next closing one, marks included. Linear in the text."""
    position = closed = 0
    while (start := text.find(opening, position)) >= 0:
        inside = start + len(opening)
        if closed < inside:
            closed = text.find(closing, inside)
            if closed < 0:
                return
        position = inside
        if closed - start <= most:
            position = closed + len(closing)
            yield start, position


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for opening, closing in PAIRS:
        yield from between(text, opening, closing)
    for mark, pattern in IN_ONE_LINE:
        if mark in text:
            yield from (match.span() for match in pattern.finditer(text))
    if text.startswith(("---", "+++")) and (match := FRONT_MATTER.match(text)):
        yield match.span()
    yield from _verbatim_sections(text)


def _verbatim_sections(text: str) -> Iterator[tuple[int, int]]:
    """From {% raw %} and the like to their end tags: code in the language of a template."""
    opened: dict[str, int] = {}
    for match in VERBATIM_TAGS.finditer(text):
        ends, name = match.groups()
        if not ends:
            opened.setdefault(name, match.start())
        elif name in opened:
            yield opened.pop(name), match.end()
