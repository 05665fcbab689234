"""Cuts: spans of a text that its cleaned form lacks. All that is done to a text is cutting."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate


class Kind(StrEnum):
    """What was cut: the first group is layout, the second is words."""

    LINE_END = "line end"
    INDENT = "indent"
    TRAILING = "trailing blanks"
    BLANK_LINES = "blank lines"
    BLANKS = "blanks between words"
    LIST_PADDING = "list padding"
    TABLE_PADDING = "table padding"

    REPEAT = "repeated instruction"
    OPENING = "opening phrase"
    CLOSING = "closing phrase"


@dataclass(frozen=True, slots=True, order=True)
class Cut:
    """The characters from `start` to before `end`, with the reason for people in `reason`."""

    start: int
    end: int
    kind: Kind
    reason: str = ""


def apply(text: str, cuts: Iterable[Cut]) -> str:
    """The text without the cuts, which are sorted and do not overlap."""
    kept, position = [], 0
    for cut in cuts:
        kept.append(text[position : cut.start])
        position = cut.end
    kept.append(text[position:])
    return "".join(kept)


def tidy(cuts: Iterable[Cut]) -> list[Cut]:
    """The cuts sorted and without empty ones; where two overlap, the later one gives way."""
    result: list[Cut] = []
    end = 0
    for cut in sorted(cuts):
        start = max(cut.start, end)
        if cut.end > start:
            result.append(Cut(start, cut.end, cut.kind, cut.reason) if start > cut.start else cut)
            end = cut.end
    return result


class Positions:
    """Where the characters that some cuts left stood before."""

    def __init__(self, cuts: Sequence[Cut]) -> None:
        self.gone = [0, *accumulate(cut.end - cut.start for cut in cuts)]
        self.places = [cut.start - gone for cut, gone in zip(cuts, self.gone, strict=False)]

    def original(self, position: int) -> int:
        """Where the character that is now at `position` stood."""
        return position + self.gone[bisect_right(self.places, position)]


def compose(first: Sequence[Cut], second: Sequence[Cut]) -> list[Cut]:
    """Both rounds of cuts as cuts of the first text; `second` counts in the text that `first` left.

    A cut of the second round that spans an earlier one takes it in.
    """
    if not first or not second:
        return list(first or second)
    places = Positions(first)
    moved = [
        Cut(places.original(cut.start), places.original(cut.end - 1) + 1, cut.kind, cut.reason)
        for cut in second
    ]
    return sorted([*moved, *_outside(first, moved)])


def _outside(cuts: Sequence[Cut], around: Sequence[Cut]) -> list[Cut]:
    """Those of `cuts` that lie in none of `around` (both sorted)."""
    starts = [cut.start for cut in around]
    ends = [0, *(cut.end for cut in around)]
    return [cut for cut in cuts if cut.end > ends[bisect_right(starts, cut.start)]]
