"""How two texts of a post differ, field by field and line by line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from blog_core.admin.editor_typed import TEXT_FIELDS, Typed

CONTEXT_LINES = 2
MAX_COMPARED = 4_000_000
"""Most pairs of lines that are compared; above it the changed part is shown as replaced."""

Kind = Literal["same", "gone", "new", "left_out"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison: in both texts, in the first or the second one only, or left out."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that differs, as lines."""

    field: str
    lines: tuple[Line, ...]


def differences(old: Typed, new: Typed) -> tuple[Difference, ...]:
    """The fields whose texts differ. Old and new slugs count only where both are known."""
    names = (*TEXT_FIELDS, "slug") if old.slug and new.slug else TEXT_FIELDS
    return compared((name, getattr(old, name), getattr(new, name)) for name in names)


def compared(texts: Iterable[tuple[str, str, str]]) -> tuple[Difference, ...]:
    """Of texts given as (field, before, after) those that differ, line by line."""
    return tuple(
        Difference(name, tuple(_lines(before.split("\n"), after.split("\n"))))
        for name, before, after in texts
        if before.strip() != after.strip()
    )


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    head = count_common(old, new)
    tail = count_common(old[head:][::-1], new[head:][::-1])
    yield from _same(old[:head], is_first=True)
    yield from _changed(old[head : len(old) - tail], new[head : len(new) - tail])
    yield from _same(old[len(old) - tail :], is_last=True)


def count_common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines both begin with."""
    count = 0
    for before, after in zip(old, new, strict=False):
        if before != after:
            break
        count += 1
    return count


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    if len(old) * len(new) > MAX_COMPARED:
        yield from _replaced(old, new)
        return
    for kind, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            yield from _same(old[a:b])
        else:
            yield from _replaced(old[a:b], new[c:d])


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    yield from (Line("gone", text) for text in old)
    yield from (Line("new", text) for text in new)


def _same(lines: Sequence[str], *, is_first: bool = False, is_last: bool = False) -> Iterator[Line]:
    """Lines in both texts: those beside a change, and how many are left out."""
    before = 0 if is_first else CONTEXT_LINES
    after = 0 if is_last else CONTEXT_LINES
    left_out = len(lines) - before - after
    if left_out <= 1:
        yield from (Line("same", text) for text in lines)
        return
    yield from (Line("same", text) for text in lines[:before])
    yield Line("left_out", f"{left_out:,} equal lines")
    yield from (Line("same", text) for text in lines[len(lines) - after :] if after)
