"""Removes instructions that say again, word for word, what the same part of the prompt said before."""

from collections.abc import Iterator
from itertools import groupby

from .cuts import Cut, Kind, compose, tidy
from .document import Document
from .keep import kept_spans
from .passages import LISTS, passages
from .removal import line_cut, remove
from .said_again import Findings, read
from .sentences import fold
from .units import Paragraph, paragraphs

# A removal can make two more sentences neighbours, and so allow another one. A prompt that takes
# more rounds than this is left alone.
MAX_ROUNDS = 4


def remove_repeats(document: Document) -> tuple[Document, list[Cut]]:
    """The document without repeated instructions, and the cuts; the same document if none can go."""
    cuts: list[Cut] = []
    after = document
    for _ in range(MAX_ROUNDS):
        found, findings = find_repeats(after)
        after, more = remove(after, tidy(_cuts(after, found, findings)))
        if not more:
            return after, cuts
        cuts = compose(cuts, more)
    return document, []


def find_repeats(document: Document) -> tuple[list[Paragraph], Findings]:
    """The instructions of the text, and which of their sentences and items are repeats."""
    found = paragraphs(document, passages(document), kept_spans(document.text))
    return found, read(found)


def _cuts(document: Document, found: list[Paragraph], findings: Findings) -> Iterator[Cut]:
    gone = findings.gone
    lines = {}
    for number, paragraph in enumerate(found):
        places = [place for place in range(len(paragraph.units)) if (number, place) in gone]
        if places and len(places) == len(paragraph.units):
            lines[number] = gone[number, 0]
        elif places:
            yield from _sentence_cuts(document, paragraph, number, findings)
    yield from _whole_cuts(document, found, lines)


def _sentence_cuts(
    document: Document, paragraph: Paragraph, number: int, findings: Findings
) -> Iterator[Cut]:
    """Cuts up to the next sentence that stays; behind the last one that stays, cuts from its end."""
    units = paragraph.units
    stay = [place for place in range(len(units)) if (number, place) not in findings.gone]
    for place, unit in enumerate(units):
        first = findings.gone.get((number, place))
        if first is None:
            continue
        if place < stay[-1]:
            start, end = unit.start, units[place + 1].start
        else:
            start, end = units[place - 1].end, unit.end
        yield Cut(start, end, Kind.REPEAT, _reason(document, first))


def _whole_cuts(document: Document, found: list[Paragraph], lines: dict[int, int]) -> Iterator[Cut]:
    """Cuts of the lines of whole passages. A list does not lose all of its items alone."""
    leads = _first_leads(document)
    for block, group in groupby(lines, key=lambda number: found[number].passage.block):
        numbers = list(group)
        if found[numbers[0]].passage.is_item and len(numbers) == _item_count(document, block):
            first = leads.get(_lead(document, block), block)
            if first == block:
                continue
            lead = document.blocks[block - 1]
            reason = _reason(document, document.starts[document.blocks[first - 1].first])
            yield Cut(*line_cut(document, lead.first, lead.last), Kind.REPEAT, reason)
        for number in numbers:
            span = line_cut(document, *found[number].passage.lines)
            yield Cut(*span, Kind.REPEAT, _reason(document, lines[number]))


def _item_count(document: Document, block: int) -> int:
    tokens = document.tokens[document.blocks[block].token : document.blocks[block].token_end]
    return sum(token.type == "list_item_open" for token in tokens)


def _first_leads(document: Document) -> dict[str, int]:
    """The words that lead to lists, each with the first block that is a list behind them."""
    leads: dict[str, int] = {}
    for number, block in enumerate(document.blocks):
        if block.kind in LISTS:
            leads.setdefault(_lead(document, number), number)
    leads.pop("", None)
    return leads


def _lead(document: Document, number: int) -> str:
    before = document.blocks[number - 1] if number else None
    if before is None or before.kind != "paragraph":
        return ""
    return fold(document.text[document.starts[before.first] : document.ends[before.last - 1]])


def _reason(document: Document, first: int) -> str:
    return f"says again what line {document.line_of(first)} says"
