"""Removes instructions that say again, word for word, what the same part of the prompt said."""

from collections.abc import Iterator
from itertools import groupby

from plugins.llm.text.markdown.cuts import Cut, Kind, tidy
from plugins.llm.text.markdown.document import Document
from plugins.llm.text.markdown.removal import line_cut, remove
from plugins.llm.text.markdown.sentences import fold
from plugins.llm.text.precheck import may_repeat
from plugins.llm.text.repeats.passages import LISTS, Passage, passages
from plugins.llm.text.repeats.said_again import Findings, read


def remove_repeats(document: Document) -> tuple[Document, list[Cut]]:
    """The document without repeated instructions, and the cuts; the same if none can go."""
    if not may_repeat(document.text, may_have_blanks=document.may_have_blanks):
        return document, []
    found, findings = find_repeats(document)
    return remove(document, tidy(_cuts(document, found, findings)))


def find_repeats(document: Document) -> tuple[list[Passage], Findings]:
    """The instructions of the text, and which of their sentences and items are repeats."""
    found = passages(document)
    return found, read(document, found)


def _cuts(document: Document, found: list[Passage], findings: Findings) -> Iterator[Cut]:
    gone = findings.gone
    lines = {}
    for number, passage in enumerate(found):
        places = [place for place in range(len(passage.sentences)) if (number, place) in gone]
        if places and len(places) == len(passage.sentences):
            lines[number] = gone[number, 0]
        elif places:
            yield from _sentence_cuts(document, passage, number, findings)
    yield from _whole_cuts(document, found, lines)


def _sentence_cuts(
    document: Document, passage: Passage, number: int, findings: Findings
) -> Iterator[Cut]:
    """Cuts up to the next sentence; behind the last sentence that stays, cuts from its end."""
    said = passage.sentences
    stay = [place for place in range(len(said)) if (number, place) not in findings.gone]
    for place, sentence in enumerate(said):
        first = findings.gone.get((number, place))
        if first is None:
            continue
        if place < stay[-1]:
            start, end = sentence.start, said[place + 1].start
        else:
            start, end = said[place - 1].end, sentence.end
        yield Cut(start, end, Kind.REPEAT, _reason(document, first))


def _whole_cuts(document: Document, found: list[Passage], lines: dict[int, int]) -> Iterator[Cut]:
    """Cuts of the lines of whole passages. A list does not lose all of its items alone."""
    leads = _first_leads(document)
    for block, group in groupby(lines, key=lambda number: found[number].block):
        numbers = list(group)
        if found[numbers[0]].is_item and len(numbers) == _item_count(document, block):
            first = leads.get(_lead(document, block), block)
            if first == block:
                continue
            lead = document.blocks[block - 1]
            reason = _reason(document, document.starts[document.blocks[first - 1].first])
            yield Cut(*line_cut(document, lead.first, lead.last), Kind.REPEAT, reason)
        for number in numbers:
            span = line_cut(document, *found[number].lines)
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
