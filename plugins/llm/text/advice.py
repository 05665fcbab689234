"""What the report tells beside the removals: things that only the author can decide."""

import re
from collections.abc import Iterator

from plugins.llm.text.markdown.document import Document
from plugins.llm.text.markdown.sentences import fold
from plugins.llm.text.repeats.near import near_repeats
from plugins.llm.text.repeats.remove_repeats import find_repeats
from plugins.llm.text.report import Advice, AdviceKind

LITERAL_NEWLINE = re.compile(r"(?<!\\)\\n")
MIN_LITERAL_NEWLINES = 2
MIN_LOOP = 3


def prompt_advice(document: Document) -> Iterator[Advice]:
    """Kept repeats, near repeats, contradictions, and line ends written as two letters."""
    found, findings = find_repeats(document)
    for kept in findings.kept:
        line = document.line_of(kept.first)
        message = f"This says again what line {line} says. It was kept because {kept.stays}."
        yield Advice(kept.start, kept.end, AdviceKind.KEPT_REPEAT, message)
    left = [
        sentence
        for number, passage in enumerate(found)
        for place, sentence in enumerate(passage.sentences)
        if (number, place) not in findings.gone
    ]
    for near in near_repeats(left):
        line = document.line_of(near.first)
        if near.contradicts:
            message = (
                f"This and line {line} differ in a number or a negation. Keep the one that holds."
            )
            yield Advice(near.start, near.end, AdviceKind.CONTRADICTION, message)
        else:
            message = (
                f"This says nearly what line {line} says. Keep one of them if both mean the same."
            )
            yield Advice(near.start, near.end, AdviceKind.NEAR_REPEAT, message)
    yield from _literal_newlines(document)


def _literal_newlines(document: Document) -> Iterator[Advice]:
    found = list(LITERAL_NEWLINE.finditer(document.text))
    if len(found) >= MIN_LITERAL_NEWLINES:
        first = found[0]
        message = (
            f"{len(found)} line ends are written as a backslash and an n. Were real ones meant?"
        )
        yield Advice(first.start(), first.end(), AdviceKind.LITERAL_NEWLINE, message)


def response_advice(document: Document) -> Iterator[Advice]:
    """A model that got stuck: the same paragraph three times or more, to the end of the answer."""
    blocks = document.blocks
    if not blocks:
        return
    texts = [fold(document.block_text(block)) for block in blocks]
    # The last paragraph may be cut off.
    first = len(texts) - 1
    while first and texts[first - 1] == texts[-2] and texts[-2].startswith(texts[-1]):
        first -= 1
    if len(texts) - first >= MIN_LOOP:
        message = (
            f"The last {len(texts) - first} paragraphs are the same: the model may be stuck. "
            "Ask again, or keep them if they are a refrain."
        )
        start = document.starts[blocks[first].first]
        yield Advice(start, document.ends[blocks[-1].last - 1], AdviceKind.LOOP, message)
