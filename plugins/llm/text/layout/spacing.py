"""Blank lines and line ends: the layout between blocks."""

from collections.abc import Iterator

from plugins.llm.text.markdown.cuts import Cut, Kind
from plugins.llm.text.markdown.document import Document
from plugins.llm.text.markdown.keep import Spans


def line_ends(document: Document, kept: Spans) -> list[Cut]:
    """The carriage returns; none of them if one belongs to code or another span that stays."""
    if "\r" not in document.text:
        return []
    cuts = [
        Cut(end, end + 1, Kind.LINE_END)
        for line, end in enumerate(document.ends)
        if document.text.startswith("\r\n", end) and line not in document.verbatim_lines
    ]
    stays = len(cuts) < document.text.count("\r\n") or any(
        kept.touch(cut.start, cut.end) for cut in cuts
    )
    return [] if stays else cuts


def blank_lines(document: Document) -> Iterator[Cut]:
    """All but one of a row of blank lines, outside code; at both ends of the text all of them."""
    lines, verbatim = document.lines, document.verbatim_lines
    line, count = 0, len(lines)
    while line < count:
        after = line
        while after < count and after not in verbatim and not lines[after].strip(" \t"):
            after += 1
        if after > line:
            yield from _run(document, line, after)
        line = after + 1


def _run(document: Document, line: int, after: int) -> Iterator[Cut]:
    """What may go of the blank lines from `line` to before `after`."""
    starts, ends = document.starts, document.ends
    if after == len(starts):
        # The line end before them goes too, unless it is the last one of a block of code.
        closes_text = line > 0 and line - 1 not in document.verbatim_lines
        yield Cut(ends[line - 1] if closes_text else starts[line], ends[-1], Kind.BLANK_LINES)
    elif line == 0:
        yield Cut(0, starts[after], Kind.BLANK_LINES)
    else:
        yield Cut(starts[line], ends[line], Kind.TRAILING)
        yield Cut(starts[line + 1], starts[after], Kind.BLANK_LINES)
