"""The padding of lists: wide gaps behind the markers, and the indent that follows from them."""

import re
from collections.abc import Iterator

from markdown_it.token import Token

from plugins.llm.text.markdown.cuts import Cut, Kind
from plugins.llm.text.markdown.document import Block, Document

MARKER = re.compile(r" *([-+*]|\d{1,9}[.)])( *)")
# More blanks behind a marker begin indented code; then only the first belongs to the marker.
MAX_GAP = 4


class _Unusual(Exception):
    """The list is indented in a way that this module leaves alone."""


class _Shift:
    """What one list can lose: spaces at the start of each line, and spans behind its markers."""

    def __init__(self, lines: list[str], first: int) -> None:
        self.lines = lines
        self.first = first
        self.spaces = [0] * len(lines)
        self.gaps: list[tuple[int, int, int]] = []
        self.columns = [0]
        self.markers: list[int | None] = []

    def walk(self, tokens: list[Token]) -> None:
        """Follow the items from the outside in."""
        for token in tokens:
            if token.type in {"bullet_list_open", "ordered_list_open"}:
                self.markers.append(None)
            elif token.type in {"bullet_list_close", "ordered_list_close"}:
                self.markers.pop()
            elif token.type == "list_item_open":
                self._open_item(token)
            elif token.type == "list_item_close":
                self.columns.pop()

    def _open_item(self, token: Token) -> None:
        first, last = (number - self.first for number in token.map or (0, 0))
        line = self.lines[first]
        match = MARKER.match(line, self.columns[-1])
        if not match or self.markers[-1] not in {None, match.start(1)}:
            raise _Unusual
        if self.markers == [None]:
            self._take(match.start(1), 0, len(self.lines))
        self.markers[-1] = match.start(1)
        gap, column = len(match.group(2)), match.end()
        if gap > MAX_GAP or column == len(line):
            gap, column = 1, match.end(1) + 1
        if gap > 1:
            self.gaps.append((first, column - gap + 1, column))
            self._take(gap - 1, first + 1, last)
        self.columns.append(column)

    def _take(self, spaces: int, first: int, last: int) -> None:
        for line in range(first, min(last, len(self.lines))):
            self.spaces[line] += spaces

    def cuts(self, starts: list[int]) -> Iterator[Cut]:
        """The notes as cuts of the text whose lines start at `starts`."""
        for number, line in enumerate(self.lines):
            start = starts[self.first + number]
            if spaces := min(self.spaces[number], len(line) - len(line.lstrip(" "))):
                yield Cut(start, start + spaces, Kind.LIST_PADDING)
        for number, begin, end in self.gaps:
            start = starts[self.first + number]
            yield Cut(start + begin, start + end, Kind.LIST_PADDING)


def padding(document: Document, block: Block) -> list[Cut]:
    """The cuts that give a list single gaps; none where its indents are unusual."""
    lines = document.lines[block.first : block.last]
    if any("\t" in line for line in lines) or _is_followed_by_indent(document, block):
        return []
    shift = _Shift(lines, block.first)
    try:
        shift.walk(document.tokens[block.token : block.token_end])
    except _Unusual:
        return []
    return list(shift.cuts(document.starts))


def _is_followed_by_indent(document: Document, block: Block) -> bool:
    """True when the text behind the list is indented, and so could fall into it."""
    following = (line for line in document.lines[block.last :] if line.strip())
    return next(following, "").startswith((" ", "\t"))
