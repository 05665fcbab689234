"""A three-way merge of texts: what each side changed, and the places where both changed the same.

The method is that of diff3: the lines that both sides kept cut all three texts into pieces, and a
piece that only one side changed is that side's. A piece that both changed is tried again word by
word, since a paragraph of prose is one line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from blog_core.admin.editor_diff import MAX_COMPARED, count_common

MINE_MARK, BETWEEN_MARK, THEIRS_MARK = "<<<<<<< yours", "=======", ">>>>>>> theirs"
_WORDS = re.compile(r"\s+|\S+")


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged text. In `conflicts` places it holds both, between marks."""

    text: str
    conflicts: int = 0


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stands in the three texts between two lines that all of them have."""

    base: tuple[str, ...]
    mine: tuple[str, ...]
    theirs: tuple[str, ...]

    @property
    def agreed(self) -> tuple[str, ...] | None:
        """What both sides together want here; None where they want different things."""
        if self.mine in {self.theirs, self.base}:
            return self.theirs
        return self.mine if self.theirs == self.base else None


def merge_texts(base: str, mine: str, theirs: str) -> Merged:
    """Both sides' changes of `base` in one text."""
    lines: list[str] = []
    conflicts = 0
    for piece in _pieces(base.split("\n"), mine.split("\n"), theirs.split("\n")):
        settled = piece.agreed if piece.agreed is not None else _merged_words(piece)
        if settled is None:
            conflicts += 1
            settled = (MINE_MARK, *piece.mine, BETWEEN_MARK, *piece.theirs, THEIRS_MARK)
        lines += settled
    return Merged("\n".join(lines), conflicts)


def _merged_words(piece: _Piece) -> tuple[str, ...] | None:
    """The lines of a piece merged word by word, if nothing is in doubt."""
    if not (piece.base and piece.mine and piece.theirs):
        return None
    texts = ("\n".join(lines) for lines in (piece.base, piece.mine, piece.theirs))
    words: list[str] = []
    for part in _pieces(*(_WORDS.findall(text) for text in texts)):
        if part.agreed is None:
            return None
        words += part.agreed
    return tuple("".join(words).split("\n"))


def _pieces(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Iterator[_Piece]:
    """The three texts cut at everything that all of them have, those parts included."""
    in_mine, in_theirs = _matches(base, mine), _matches(base, theirs)
    at, at_mine, at_theirs = 0, 0, 0
    for line in (*sorted(in_mine.keys() & in_theirs.keys()), len(base)):
        to_mine, to_theirs = in_mine.get(line, len(mine)), in_theirs.get(line, len(theirs))
        piece = _Piece(
            tuple(base[at:line]), tuple(mine[at_mine:to_mine]), tuple(theirs[at_theirs:to_theirs])
        )
        if piece != _NOTHING:
            yield piece
        if line < len(base):
            kept = (base[line],)
            yield _Piece(kept, kept, kept)
        at, at_mine, at_theirs = line + 1, to_mine + 1, to_theirs + 1


_NOTHING = _Piece((), (), ())


def _matches(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """For each part of `old` that is kept in `new`, its place there."""
    head = count_common(old, new)
    tail = count_common(old[head:][::-1], new[head:][::-1])
    kept = {place: place for place in range(head)}
    kept |= {len(old) - n: len(new) - n for n in range(1, tail + 1)}
    inside_old, inside_new = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(inside_old) * len(inside_new) > MAX_COMPARED:
        return kept
    for block in SequenceMatcher(None, inside_old, inside_new).get_matching_blocks():
        kept |= {head + block.a + n: head + block.b + n for n in range(block.size)}
    return kept
