"""The items of a list that hold nothing but one paragraph."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plugins.llm.text.markdown.document import Block, Document
from plugins.llm.text.markdown.sentences import Sentence, fold, words

# A line with nothing but one marker before its item.
BARE_MARKER = re.compile(r" *(?:[-+*]|\d{1,9}[.)]) +")
LEAF = ["list_item_open", "paragraph_open", "inline", "paragraph_close", "list_item_close"]


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its text without the marker, its lines, and the texts of the items around it."""

    sentence: Sentence
    lines: tuple[int, int]
    parents: tuple[str, ...]
    is_ordered: bool


def items(document: Document, block: Block) -> Iterator[Item]:
    """The leaf items of the list, at any depth."""
    ordered: list[bool] = []
    parents: list[str] = []
    tokens = document.tokens[block.token : block.token_end]
    for number, token in enumerate(tokens):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                ordered.append(token.type == "ordered_list_open")
            case "bullet_list_close" | "ordered_list_close":
                ordered.pop()
            case "list_item_close":
                parents.pop()
            case "list_item_open":
                if [part.type for part in tokens[number : number + len(LEAF)]] == LEAF:
                    start = document.content_start(tokens[number + 2])
                    lines = tokens[number + 2].map or [0, 0]
                    text = document.text[start : document.ends[lines[1] - 1]].rstrip()
                    yield Item(
                        sentence=Sentence(start, start + len(text), text, words(text)),
                        lines=(lines[0], lines[1]),
                        parents=tuple(parents),
                        is_ordered=ordered[-1],
                    )
                inner = tokens[number + 2] if number + 2 < len(tokens) else token
                parents.append(fold(inner.content) if inner.type == "inline" else "")
