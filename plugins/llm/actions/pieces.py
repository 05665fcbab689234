"""Pieces of a suggestion: cut so that all of them make the new text, and none the old one."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

Mode = Literal["hunks", "choice", "list"]
"""How accepted pieces change the field: each replaces its span, one replaces the whole, or each is
added to what is there."""

# A sentence with the blanks behind it, or the end of a line with the empty lines behind it.
_UNIT = re.compile(r"[^\n]*?[.!?…:;][)\"'”’»*_]*(?:[ \t]+|(?=\n)|\Z)|\n+|[^\n]+")
_MOST_PAIRS = 4_000_000


@dataclass(frozen=True, slots=True)
class Piece:
    """One proposal: `after` instead of `before`, which stands at `start` of the base text.

    `note` says why, where the model did; a piece without a change (`before == after`) is a remark.
    """

    start: int
    end: int
    before: str
    after: str
    note: str = ""

    @property
    def is_remark(self) -> bool:
        """Whether there is nothing to accept."""
        return self.before == self.after

    def as_dict(self) -> dict[str, Any]:
        """The piece for the database and for JSON."""
        return asdict(self)


def hunks(base: str, new: str) -> tuple[Piece, ...]:
    """The pieces that turn one text into the other, sentence by sentence."""
    old_units, new_units = _UNIT.findall(base), _UNIT.findall(new)
    head = _common(old_units, new_units)
    tail = _common(old_units[head:][::-1], new_units[head:][::-1])
    middle = old_units[head : len(old_units) - tail], new_units[head : len(new_units) - tail]
    start = sum(map(len, old_units[:head]))
    return tuple(_pieces(*middle, start))


def _pieces(old: Sequence[str], new: Sequence[str], start: int) -> Iterator[Piece]:
    if len(old) * len(new) > _MOST_PAIRS:
        before, after = "".join(old), "".join(new)
        yield Piece(start, start + len(before), before, after)
        return
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        before, after = "".join(old[a:b]), "".join(new[c:d])
        if kind != "equal":
            yield Piece(start, start + len(before), before, after)
        start += len(before)


def applied(base: str, pieces: Sequence[Piece], accepted: Collection[int], mode: Mode) -> str:
    """The base text with the accepted pieces (by their numbers); with none it is the base text,
    byte for byte."""
    chosen = [piece for number, piece in enumerate(pieces) if number in accepted]
    if not chosen:
        return base
    if mode == "choice":
        return chosen[-1].after
    if mode == "list":
        return _listed(base, [piece.after for piece in chosen])
    text = base
    for piece in sorted(chosen, key=lambda one: one.start, reverse=True):
        text = text[: piece.start] + piece.after + text[piece.end :]
    return text


def _listed(base: str, items: Sequence[str]) -> str:
    """The base text with items on further lines, each once."""
    lines = [line for line in base.split("\n") if line.strip()]
    return "\n".join([*lines, *(item for item in items if item not in lines)])


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    count = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        count += 1
    return count
