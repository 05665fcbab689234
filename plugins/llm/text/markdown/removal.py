"""Removes sentences, items and blocks, and proves that the rest is what it was."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from markdown_it.token import Token

from plugins.llm.text.markdown.cuts import Cut, apply
from plugins.llm.text.markdown.document import Document
from plugins.llm.text.markdown.proof import definitions, same_mark


def remove(document: Document, cuts: list[Cut]) -> tuple[Document, list[Cut]]:
    """The document without the cuts, if the rest is proved to be the same; else it and none."""
    if not cuts:
        return document, []
    after = Document(apply(document.text, cuts))
    return (after, cuts) if _rest_is_same(document, after, cuts) else (document, [])


def line_cut(document: Document, first: int, last: int) -> tuple[int, int]:
    """The span of the lines `first` to before `last`, with the blank lines before them."""
    line = first
    while line and not document.lines[line - 1].strip():
        line -= 1
    return (document.ends[line - 1] if line else 0), document.ends[last - 1]


def _rest_is_same(before: Document, after: Document, cuts: Sequence[Cut]) -> bool:
    rest = zip_longest(_Remainder(before, cuts), after.tokens)
    return definitions(before) == definitions(after) and all(
        old is not None
        and new is not None
        and same_mark(old[0], new)
        and old[1] == _content(new, old[1])
        for old, new in rest
    )


def _content(token: Token, like: str | list[str]) -> str | list[str]:
    """The content of a token in the form of what it is compared with: text, or words."""
    return token.content if isinstance(like, str) else token.content.split()


class _Remainder:
    """The tokens that the cuts leave, each with its content, or its words if a cut is in it."""

    def __init__(self, document: Document, cuts: Sequence[Cut]) -> None:
        self.document = document
        self.cuts = cuts
        self.spans = _merged(cuts)
        self.starts = [start for start, _ in self.spans]

    def __iter__(self) -> Iterator[tuple[Token, str | list[str]]]:
        skipped_level: int | None = None
        for token in self.document.tokens:
            if skipped_level is not None:
                if token.level == skipped_level and token.nesting == -1:
                    skipped_level = None
            elif self._is_covered(token):
                skipped_level = token.level if token.nesting == 1 else None
            elif token.type == "inline":
                yield token, self._inline(token)
            else:
                yield token, token.content

    def _is_covered(self, token: Token) -> bool:
        if not token.map or token.type == "inline":
            return False
        first, last = token.map
        while last > first + 1 and not self.document.lines[last - 1].strip():
            last -= 1
        start, end = self.document.starts[first], self.document.ends[last - 1]
        before = bisect_right(self.starts, start)
        return before > 0 and self.spans[before - 1][1] >= end

    def _inline(self, token: Token) -> str | list[str]:
        document = self.document
        start = document.content_start(token)
        end = document.ends[token.map[1] - 1] if token.map else start
        inside = [
            Cut(max(cut.start, start) - start, min(cut.end, end) - start, cut.kind)
            for cut in self._between(start, end)
        ]
        if not inside:
            return token.content
        return apply(document.text[start:end], inside).split()

    def _between(self, start: int, end: int) -> Iterator[Cut]:
        """The cuts that share a character with the span."""
        number = bisect_right(self.cuts, start, key=lambda cut: cut.end)
        while number < len(self.cuts) and self.cuts[number].start < end:
            yield self.cuts[number]
            number += 1


def _merged(cuts: Sequence[Cut]) -> list[tuple[int, int]]:
    """The cuts as spans, with those that touch each other joined."""
    spans: list[tuple[int, int]] = []
    for cut in cuts:
        if spans and cut.start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(cut.end, spans[-1][1])
        else:
            spans.append((cut.start, cut.end))
    return spans
