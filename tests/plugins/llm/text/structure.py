"""The judge: what a text is as Markdown, read in full and apart from the code under test."""

import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

MARKDOWN = MarkdownIt("commonmark", {"maxNesting": 80}).enable(["table", "strikethrough"])
BLANKS = re.compile(r" {2,}")

Mark = tuple[Any, ...]


def structure(text: str) -> list[Mark]:
    """Blocks, nesting, code, cells, links and words. Runs of blanks between words count as one."""
    environment: dict[str, Any] = {}
    marks = [mark for token in MARKDOWN.parse(text, environment) for mark in _marks(token)]
    targets = environment.get("references", {})
    return [*marks, *sorted((name, one["href"], one["title"]) for name, one in targets.items())]


def _marks(token: Token) -> list[Mark]:
    if token.type == "inline":
        return [mark for child in token.children or [] for mark in _marks(child)]
    shape = (token.type, token.tag, token.level, token.markup, token.info, token.hidden)
    content = token.content
    if token.type == "text":
        content = BLANKS.sub(" ", content)
    attributes = tuple(sorted(token.attrs.items()))
    children = [mark for child in token.children or [] for mark in _marks(child)]
    return [(*shape, attributes, content), *children]


def joined(text: str) -> str:
    """What a plain clean-up does: every run of white space becomes one blank."""
    return " ".join(text.split())
