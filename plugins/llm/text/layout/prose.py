"""Blanks in paragraphs and headings that mean nothing, and the signs that they mean something."""

import re
from collections import deque
from collections.abc import Iterator
from itertools import pairwise

from markdown_it.token import Token

from plugins.llm.text.markdown.cuts import Cut, Kind
from plugins.llm.text.markdown.document import Document
from plugins.llm.text.markdown.proof import MAX_PROVED_CHARACTERS, MEANINGFUL

HTML = re.compile(r"<[A-Za-z/!?]")
# Blanks between a word (with its punctuation) and the next word. Between other marks they may draw.
RUN = re.compile(r"(?<=[\w.,;:!?)%\"”’*_`]) {2,}(?=[\w(\"“‘*_`\[$€£])")
WIDE = re.compile(r"(?<=\S) {2,}(\S+)")
BACKTICKS = re.compile(r"`+")
TRAILING = re.compile(r"(?<![ \t\\])[ \t]+\Z")


def may_edit(token: Token) -> bool:
    """False for a paragraph with HTML in it, and for one that is too long to be proved."""
    content = token.content
    return not HTML.search(content) and (
        len(content) <= MAX_PROVED_CHARACTERS or not MEANINGFUL.search(content)
    )


def margin(document: Document, first: int, last: int) -> Iterator[Cut]:
    """The indent that all these lines share; what one line has more than another stays."""
    lines = [line for line in range(first, last) if document.lines[line].strip(" \t")]
    shared = min((indent_of(document.lines[line]) for line in lines), default=0)
    if shared:
        for line in lines:
            yield Cut(document.starts[line], document.starts[line] + shared, Kind.INDENT)


def indent_of(line: str) -> int:
    """The number of spaces that the line begins with."""
    return len(line) - len(line.lstrip(" "))


def blanks(document: Document, token: Token) -> Iterator[Cut]:
    """What a paragraph can lose inside its lines and at their ends."""
    cuts = [*_trailing(document, token), *_runs(document, token)]
    if cuts and may_edit(token):
        yield from cuts


def _trailing(document: Document, token: Token) -> Iterator[Cut]:
    """Blanks at the ends of lines. Two or more before another line are a hard break, and stay."""
    first, last = token.map or (0, 0)
    if "`" in token.content:
        # Inline code may go over the line end, and then the blanks before it are part of the code.
        first = last - 1
    for line in range(first, last):
        found = TRAILING.search(document.lines[line])
        if found and (line == last - 1 or found.group() == " "):
            start = document.starts[line]
            yield Cut(start + found.start(), start + found.end(), Kind.TRAILING)


def _runs(document: Document, token: Token) -> Iterator[Cut]:
    """All but one blank between two words, unless the lines are laid out or the words are code."""
    content = token.content
    if "  " not in content or is_laid_out(content.split("\n")):
        return
    start = document.content_start(token)
    end = document.ends[token.map[1] - 1] if token.map else start
    text = document.text[start:end]
    code = deque(code_spans(text))
    for run in RUN.finditer(text):
        while code and code[0][1] <= run.start():
            code.popleft()
        if not code or code[0][0] > run.start():
            yield Cut(start + run.start() + 1, start + run.end(), Kind.BLANKS)


def is_laid_out(lines: list[str]) -> bool:
    """True when words stand under each other behind wide gaps, or lines are indented.

    That is a table without bars, a form, a poem or a drawing.
    """
    if any(line.startswith((" ", "\t")) for line in lines):
        return True
    edges = [set(_edges(line)) for line in lines]
    return any(one & other for one, other in pairwise(edges))


def _edges(line: str) -> Iterator[tuple[str, int]]:
    """Where the words behind wide gaps begin and end, in columns."""
    for match in WIDE.finditer(line):
        yield "begin", match.start(1)
        yield "end", match.end(1)


def code_spans(text: str) -> Iterator[tuple[int, int]]:
    """Inline code: from a run of backticks to the next run of the same length."""
    marks = [match.span() for match in BACKTICKS.finditer(text)]
    waiting: dict[int, list[int]] = {}
    for start, end in reversed(marks):
        waiting.setdefault(end - start, []).append(start)
    reached = 0
    for start, end in marks:
        same = waiting[end - start]
        same.pop()
        if start >= reached and same and not (start and text[start - 1] == "\\"):
            reached = same[-1] + (end - start)
            yield start, reached
