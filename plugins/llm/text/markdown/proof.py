"""The proof that a change of layout left a text what it was: both forms must parse to the same."""

import re
from collections.abc import Sequence
from itertools import zip_longest

from markdown_it.token import Token

from plugins.llm.text.markdown.document import MAX_NESTING, Document, parser
from plugins.llm.text.markdown.keep import pieces

# Without one of these marks a run of blanks inside a paragraph means no more than one blank.
MEANINGFUL = re.compile(r"[`<\\\[]")
# A paragraph with such marks is parsed for the proof; a longer one than this is left alone instead.
MAX_PROVED_CHARACTERS = 20_000
BLANKS = re.compile(r" {2,}")
DEFINITIONS = ("references", "duplicate_refs")


def same_structure(before: Document, after: Document) -> bool:
    """True when blocks, code, cells, nesting, words, link targets and kept spans are the same."""
    return (
        same_blocks(before.tokens, after.tokens)
        and definitions(before) == definitions(after)
        and pieces(before.text) == pieces(after.text)
    )


def same_blocks(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """True when the tokens differ in nothing but the blanks between words."""
    return len(before) == len(after) and all(
        same_block(old, new)
        and (old.content == new.content or (old.type == "inline" and same_inline(old, new)))
        for old, new in zip(before, after, strict=True)
    )


def same_block(old: Token, new: Token) -> bool:
    """True when two tokens are the same mark of the same block; content is not looked at."""
    return same_mark(old, new) and old.hidden == new.hidden


def same_mark(old: Token, new: Token) -> bool:
    """The same, but a list may have become a tight one, as it does when it has one item left."""
    return (
        old.type == new.type
        and old.level == new.level < MAX_NESTING - 1
        and old.markup == new.markup
        and old.info == new.info
        and old.tag == new.tag
        and old.attrs == new.attrs
    )


def same_inline(old: Token, new: Token) -> bool:
    """True when two paragraphs have the same words, lines, hard breaks, code and links."""
    if squeezed(old.content) != squeezed(new.content):
        return False
    if not MEANINGFUL.search(old.content):
        return True
    if len(old.content) > MAX_PROVED_CHARACTERS:
        return False
    parsed = (parser().parseInline(token.content)[0].children or [] for token in (old, new))
    return all(_same_child(one, other) for one, other in zip_longest(*parsed))


def squeezed(content: str) -> list[str]:
    """The lines of a paragraph with single blanks, and two for a hard break at a line end."""
    lines = content.split("\n")
    broken = [line.rstrip(" ") + ("  " if line.endswith("  ") else "") for line in lines[:-1]]
    return [BLANKS.sub(" ", line.lstrip(" \t")) for line in [*broken, lines[-1]]]


def _same_child(old: Token | None, new: Token | None) -> bool:
    if (
        old is None
        or new is None
        or (old.type, old.markup, old.attrs)
        != (
            new.type,
            new.markup,
            new.attrs,
        )
    ):
        return False
    if old.type == "text":
        return BLANKS.sub(" ", old.content) == BLANKS.sub(" ", new.content)
    return old.content == new.content


def definitions(document: Document) -> list[tuple[object, object, object]]:
    """The link targets of `[name]: address` lines, without the numbers of those lines."""
    found = document.environment
    named = dict(found.get("references", {}))
    listed = [*named.items(), *((None, one) for one in found.get("duplicate_refs", ()))]
    return [(name, one.get("href"), one.get("title")) for name, one in listed]
