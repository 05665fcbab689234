"""Sentences: where they end, and when two of them say the same."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# The look-behind lets only the first mark of a row start a match: a row of dots stays linear.
END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]*_]*+(?=\s)\s*+")
LAST_WORD = re.compile(r"[\w.&]+\Z")
LOOK_BACK = 12
WORD = re.compile(r"\w+(?:['.-]\w+)*")
# After these a full stop ends no sentence.
ABBREVIATIONS = frozenset(
    "a.m al approx apr aug ca cf co dec dept dr e.g ed eds eq est etc excl feb fig i.e inc "
    "incl jan jr jul jun ltd mar mr mrs ms no nos nov oct p p.m pp prof sep sept sr st u.k "
    "u.s vol vs".split()
)
QUOTATION = re.compile(
    r"\"[^\"]*\"|“[^“”]*”|«[^«»]*»|„[^„“”]*[“”]"
    r"|(?<!\w)'[^'\n]*'(?!\w)|(?<!\w)‘[^‘’\n]*’(?!\w)"
)
QUOTE_MARKS = frozenset("\"“«„'‘")
OUTER = " \t\r\n*_.!;:…"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its span in the whole text and its words in lower case."""

    start: int
    end: int
    text: str
    words: list[str]


def sentences(text: str, offset: int = 0) -> list[Sentence]:
    """The sentences of a paragraph that starts at `offset` of the whole text.

    A quotation is never split: what it holds is somebody's words.
    """
    return [
        Sentence(offset + start, offset + end, text[start:end], words(text[start:end]))
        for start, end in _spans(text)
    ]


def _spans(text: str) -> Iterator[tuple[int, int]]:
    covered = _without_quotations(text)
    start = len(text) - len(text.lstrip())
    for end in END.finditer(covered):
        if _ends_sentence(covered, end.start(), end.end()):
            yield start, start + len(text[start : end.end()].rstrip())
            start = end.end()
    if rest := text[start:].rstrip():
        yield start, start + len(rest)


def fold(sentence: str) -> str:
    """What two equal sentences have in common: without case, blanks and the full stop.

    A question mark stays, for a question is no order.
    """
    return " ".join(sentence.casefold().strip(OUTER).replace("’", "'").split())


def words(sentence: str) -> list[str]:
    """The words of a sentence in lower case."""
    return WORD.findall(sentence.casefold().replace("’", "'"))


def ends_in_colon(text: str) -> bool:
    """True when the text leads to what follows it, whether or not it is emphasised."""
    return text.rstrip("*_ \t\r\n").endswith(":")


def _without_quotations(text: str) -> str:
    """The text with quotations blotted out, character by character."""
    if QUOTE_MARKS.isdisjoint(text):
        return text
    return QUOTATION.sub(lambda match: _blot(match.group()), text)


def _blot(quotation: str) -> str:
    """Letters instead of what a quotation holds; only its marks, and a last full stop, stay."""
    inner = "x" * (len(quotation) - 2)
    if inner and quotation[-2] in ".!?…":
        inner = inner[:-1] + quotation[-2]
    return quotation[0] + inner + quotation[-1]


def _ends_sentence(text: str, mark: int, following: int) -> bool:
    """False behind an abbreviation, an initial or an item's number, and before a small letter."""
    if text[following : following + 1].islower():
        return False
    if text[mark] != "." or text[mark + 1 : mark + 2] == ".":
        return True
    found = LAST_WORD.search(text, max(0, mark - LOOK_BACK), mark)
    word = found.group().casefold() if found else ""
    opens_line = found is not None and (found.start() == 0 or text[found.start() - 1] == "\n")
    return not (
        word in ABBREVIATIONS
        or (len(word) == 1 and word.isalpha())
        or (word.isdigit() and opens_line)
    )
