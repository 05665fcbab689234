"""What a reader typed, as words to look for. Any text is a search; nothing in it is an operator
but double quotes, which keep words together."""

import re
import unicodedata
from dataclasses import dataclass

MAX_CHARS = 200
MAX_WORDS = 10
_QUOTED = re.compile(r'["“”„«»]')
_ACCENT = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words of a search, in groups: a group of several stands side by side in the text.

    `left_out` says that the text was longer than what is looked for.
    """

    groups: tuple[tuple[str, ...], ...]
    left_out: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Every word, in the order in which they were typed."""
        return tuple(word for group in self.groups for word in group)

    def for_sqlite(self) -> str:
        """For FTS5's MATCH: each group between quotes, where no character has a meaning."""
        return " AND ".join(f'"{" ".join(group)}"' for group in self.groups)

    def for_postgresql(self, weight: str = "") -> str:
        """For `to_tsquery`, in places of this weight only: letters, digits and our operators."""
        suffix = f":{weight}" if weight else ""
        groups = [[part for word in group for part in _parts(word)] for group in self.groups]
        return " & ".join(
            f"({' <-> '.join(f'{part}{suffix}' for part in group)})" for group in groups if group
        )


def wanted(text: str) -> Wanted:
    """The words of a text. At most `MAX_WORDS` of its first `MAX_CHARS` characters count."""
    groups: list[tuple[str, ...]] = []
    left = MAX_WORDS
    for number, part in enumerate(_QUOTED.split(text[:MAX_CHARS])):
        pieces = [part] if number % 2 else part.split()
        for words in (_words(piece) for piece in pieces):
            if words:
                groups.append(words[:left])
                left -= len(groups[-1])
            if left == 0:
                return Wanted(tuple(groups), left_out=True)
    return Wanted(tuple(groups), left_out=len(text) > MAX_CHARS)


def _words(text: str) -> tuple[str, ...]:
    """Runs of letters, digits and the marks that belong to them."""
    kept = (char if unicodedata.category(char)[0] in "LNM" else " " for char in text)
    return tuple(word for word in "".join(kept).split() if any(map(str.isalnum, word)))


def _parts(word: str) -> tuple[str, ...]:
    """A word as PostgreSQL's index has it: folding makes several of a few characters, as of ½."""
    return _words(folded(word)[:MAX_CHARS])[:MAX_WORDS]


def folded(word: str) -> str:
    """A word in small letters without accents, as the index has it."""
    if word.isascii():
        return word.lower()
    return _ACCENT.sub("", unicodedata.normalize("NFKD", word)).lower()
