"""Sentences and words of plain text."""

import re

_END = re.compile(r"(?<=[.!?…])[\"'”’»)]*\s+(?=[\"'“‘«(]?[A-ZÀ-ÖØ-Þ0-9])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e|z\.B|bzw|ca|Nr|No|Fig|approx)|\b[A-Z])\.$"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a paragraph; an abbreviation does not end one."""
    found: list[str] = []
    for piece in _END.split(text.strip()):
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] = f"{found[-1]} {piece}"
        elif piece:
            found.append(piece)
    return tuple(found)


def words(text: str) -> tuple[str, ...]:
    """The words of a text, without numbers."""
    return tuple(_WORD.findall(text))
