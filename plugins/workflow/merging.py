"""Three-way merge of texts by lines: what two people changed apart goes together by itself."""

from difflib import SequenceMatcher
from typing import NamedTuple


class _Change(NamedTuple):
    start: int
    end: int
    lines: list[str]


def merge_lines(base: str, theirs: str, yours: str) -> str | None:
    """The text with both sides' changes to `base`, or None where they collide.

    Changes collide when they touch the same lines or neighbouring ones and are not equal, as the
    one may then be about the other.
    """
    lines = base.splitlines(keepends=True)
    mine, other = _changes(lines, yours), _changes(lines, theirs)
    merged: list[str] = []
    at = 0
    while mine or other:
        side = mine if not other or (mine and mine[0] <= other[0]) else other
        rest = other if side is mine else mine
        change = side.pop(0)
        if rest and rest[0].start <= change.end:
            if rest[0] != change:
                return None
            rest.pop(0)
        merged += lines[at : change.start] + change.lines
        at = change.end
    return "".join(merged + lines[at:])


def _changes(base: list[str], text: str) -> list[_Change]:
    lines = text.splitlines(keepends=True)
    matcher = SequenceMatcher(None, base, lines, autojunk=False)
    return [
        _Change(a, b, lines[c:d]) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"
    ]
