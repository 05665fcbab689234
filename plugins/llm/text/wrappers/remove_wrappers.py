"""Removes the phrases around an answer: whole paragraphs or lines, if an answer remains."""

from itertools import takewhile

from plugins.llm.text.markdown.cuts import Cut, Kind, tidy
from plugins.llm.text.markdown.document import Block, Document
from plugins.llm.text.markdown.removal import line_cut, remove
from plugins.llm.text.markdown.sentences import ends_in_colon, words
from plugins.llm.text.wrappers.phrases import is_closing, is_letter, is_opening

MIN_WORDS_LEFT = 3
OPENING = "an opening phrase that says nothing of the answer"
CLOSING = "a closing phrase that says nothing of the answer"


def remove_wrappers(document: Document) -> tuple[Document, list[Cut]]:
    """The document without opening and closing phrases, and the cuts; the same if it has none."""
    blocks = document.blocks
    cuts, first = _openings(document, blocks)
    closings, last = _closings(document, blocks)
    if closings and is_letter(document.text):
        closings, last = [], len(blocks)
    if first >= last or not _is_answer(document, blocks[first:last], cuts):
        return document, []
    return remove(document, tidy([*cuts, *closings]))


def _openings(document: Document, blocks: list[Block]) -> tuple[list[Cut], int]:
    """The cuts at the start, and the number of the first block that is left."""
    cuts: list[Cut] = []
    number = 0
    while number < len(blocks) and blocks[number].kind == "paragraph":
        block = blocks[number]
        lines = _opening_lines(document.lines[block.first : block.last])
        if block.first + lines < block.last:
            if lines:
                cuts.append(_to_line(document, block.first, block.first + lines))
            break
        number += 1
        if _is_set_off_rule(document, blocks, number):
            number += 1
        after = blocks[number].first if number < len(blocks) else block.last
        cuts.append(_to_line(document, block.first, after))
    return cuts, number


def _opening_lines(lines: list[str]) -> int:
    """How many lines of a paragraph are an opening phrase: all of them, the first ones, or none."""
    taken = len(list(takewhile(lambda line: ends_in_colon(line) and is_opening(line), lines)))
    return len(lines) if is_opening("\n".join(lines[taken:])) else taken


def _closings(document: Document, blocks: list[Block]) -> tuple[list[Cut], int]:
    """The cuts at the end, and the number of the block behind the last one that is left."""
    cuts: list[Cut] = []
    number = len(blocks)
    while number > 1 and blocks[number - 1].kind == "paragraph":
        block = blocks[number - 1]
        lines = _closing_lines(document.lines[block.first : block.last])
        first = block.last - lines
        if first == block.first:
            number -= 1
            if number > 1 and blocks[number - 1].kind == "hr":
                number -= 1
                first = blocks[number].first
        if lines:
            cuts.append(Cut(*line_cut(document, first, block.last), Kind.CLOSING, CLOSING))
        if first > block.first:
            break
    return cuts, number


def _closing_lines(lines: list[str]) -> int:
    """How many lines of a paragraph are a closing phrase: all of them, the last ones, or none."""
    taken = len(list(takewhile(is_closing, reversed(lines))))
    return len(lines) if is_closing("\n".join(lines[: len(lines) - taken])) else taken


def _to_line(document: Document, first: int, after: int) -> Cut:
    """The cut from the start of a line to the start of another."""
    end = document.starts[after] if after < len(document.starts) else len(document.text)
    return Cut(document.starts[first], end, Kind.OPENING, OPENING)


def _is_set_off_rule(document: Document, blocks: list[Block], number: int) -> bool:
    """True for a rule behind an opening phrase. Without a blank line it opens front matter."""
    if number >= len(blocks) - 1 or blocks[number].kind != "hr":
        return False
    return not document.lines[blocks[number].last].strip()


def _is_answer(document: Document, blocks: list[Block], cuts: list[Cut]) -> bool:
    """True when the blocks hold code or a few words besides what is cut from the first of them."""
    start = max([document.starts[blocks[0].first], *(cut.end for cut in cuts)])
    text = document.text[start : document.ends[blocks[-1].last - 1]]
    return (
        any(block.kind == "fence" for block in blocks) or len(words(text[:1000])) >= MIN_WORDS_LEFT
    )
