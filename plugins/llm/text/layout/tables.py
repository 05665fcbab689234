"""The padding of tables: blanks beside the bars, and dashes that only fill the second line."""

import re
from collections.abc import Iterator

from plugins.llm.text.markdown.cuts import Cut, Kind
from plugins.llm.text.markdown.document import Document

# An escaped bar belongs to its cell, and so do the blanks behind it.
AFTER_BAR = re.compile(r"(?<!\\)\|[ \t]([ \t]+)")
BEFORE_BAR = re.compile(r"(?<=[^ \t|])[ \t]([ \t]+)(?=\|)")
DASHES = re.compile(r"---(-+)")
TRAILING = re.compile(r"(?<=[^ \t\\])[ \t]+\Z")


def padding(document: Document, first: int, last: int) -> Iterator[Cut]:
    """What a table in these lines can lose: every gap keeps one blank, every rule three dashes."""
    for number in range(first, last):
        line, start = document.lines[number], document.starts[number]
        found = [*AFTER_BAR.finditer(line), *BEFORE_BAR.finditer(line)]
        if number == first + 1:
            found += DASHES.finditer(line)
        for match in found:
            yield Cut(start + match.start(1), start + match.end(1), Kind.TABLE_PADDING)
        if end := TRAILING.search(line):
            yield Cut(start + end.start(), start + end.end(), Kind.TRAILING)
