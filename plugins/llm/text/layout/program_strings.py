"""Prompts out of an indented string of a program: Markdown takes all of such a text for code.

This is the one step whose proof is not that both forms parse to the same. It looks at the words to
see that the text is a prompt and no code, and takes the same indent from every line, so that
nothing moves against anything else.
"""

import re

from plugins.llm.text.layout.prose import indent_of
from plugins.llm.text.markdown.cuts import Cut, Kind
from plugins.llm.text.markdown.document import Document
from plugins.llm.text.markdown.sentences import sentences
from plugins.llm.text.repeats.instructions import is_instruction

# From here on Markdown reads an indent as code; a smaller one is the business of the layout step.
MIN_INDENT = 4
MIN_ORDERS = 2
MIN_SENTENCE_WORDS = 3
STATEMENT = re.compile(
    r"[\w.\[\]]+\s*[-+*/|&:]?=(?!=)|(?:def|class|import|from|return|if|for|while|elif|else|try|with"
    r"|func|function|fn|var|let|const|public|private|package|using|select|#include|@\w+)\b.*[:;({]\s*\Z"
    r"|\$ |>>> |(?:import|from|return|package|#include)\s+\S+\s*;?\Z|</?\w+[^>]*>\s*\Z|.*[;{]\s*\Z"
    r"|\w[\w.]*\(.*\)\Z|//|/\*|#!"
)
JSON_LINE = re.compile(r"[\[\]{}\",\s]*\Z|\"[^\"]*\"\s*[:,]|[\]}],?\s*\Z|\{\s*\Z")
FENCE = re.compile(r"(```|~~~)")


def dedent(document: Document) -> tuple[Document, list[Cut]]:
    """The document without the indent of its lines, and the cuts; the same if it may be code."""
    if not document.text[:1].isspace():
        return document, []
    filled = [number for number, line in enumerate(document.lines) if line.strip()]
    indent = min((indent_of(document.lines[number]) for number in filled), default=0)
    if indent < MIN_INDENT or not _reads_as_prompt(
        [document.lines[number][indent:] for number in filled]
    ):
        return document, []
    starts = document.starts
    cuts = [Cut(starts[number], starts[number] + indent, Kind.INDENT) for number in filled]
    return Document("".join(_without(document, indent))), cuts


def _without(document: Document, indent: int) -> list[str]:
    text, ends = document.text, [*document.starts[1:], len(document.text)]
    return [
        text[start + indent : end] if line.strip() else text[start:end]
        for line, start, end in zip(document.lines, document.starts, ends, strict=True)
    ]


def _reads_as_prompt(lines: list[str]) -> bool:
    """True when the lines hold orders in whole sentences, begin with one, and hold no code."""
    prose = [line.strip() for line in _outside_fences(lines) if not JSON_LINE.match(line.strip())]
    if not prose or any(STATEMENT.match(line) for line in prose):
        return False
    said = sentences("\n".join(prose))
    orders = sum(
        is_instruction(one.words)
        for one in said
        if len(one.words) >= MIN_SENTENCE_WORDS and one.text.endswith((".", "!", "?", ":"))
    )
    return orders >= MIN_ORDERS and is_instruction(said[0].words) and prose[0][0].isupper()


def _outside_fences(lines: list[str]) -> list[str]:
    result, inside = [], False
    for line in lines:
        if FENCE.match(line.strip()):
            inside = not inside
        elif not inside:
            result.append(line)
    return result
