"""The part of a post's text where the words of a search stand, with those words marked."""

import re
from collections.abc import Collection
from html import unescape

from blog_core.content.search_words import folded
from blog_core.reader.pages import Piece
from blog_core.rendering import shorten

BEFORE_CHARS, SNIPPET_CHARS = 60, 240
_READ_CHARS = 60_000
_INLINE = re.compile(r"</?(?:a|abbr|b|code|em|i|kbd|mark|s|small|span|strong|sub|sup)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"[^\W_]+")
_ENDING = re.compile(r"(?:ings?|edly|ed|ies|es|s|ly|y|e|er|ers|ation|ations)\Z")
_LONGEST_ENDING = 6


def snippet(html: str, words: Collection[str], *, otherwise: str) -> tuple[Piece, ...]:
    """A piece of the text of sanitised HTML around the first of the words, in any of its forms.

    `otherwise` is shown where none of them is found, as in a post found by its title.
    """
    roots = {root_of(word) for word in words}
    text = " ".join(unescape(_TAG.sub(" ", _INLINE.sub("", html[:_READ_CHARS]))).split())
    first = next((match for match in _WORD.finditer(text) if _is_form(match[0], roots)), None)
    if first is None:
        return (Piece(otherwise),) if otherwise else ()
    start = text.rfind(" ", 0, max(0, first.start() - BEFORE_CHARS)) + 1
    part = shorten(text[start : start + 2 * SNIPPET_CHARS], max_chars=SNIPPET_CHARS)
    return tuple(_marked(f"… {part}" if start else part, roots))


def _marked(text: str, roots: Collection[str]) -> list[Piece]:
    pieces, end = [], 0
    for match in _WORD.finditer(text):
        if _is_form(match[0], roots):
            pieces += [Piece(text[end : match.start()]), Piece(match[0], marked=True)]
            end = match.end()
    return [piece for piece in (*pieces, Piece(text[end:])) if piece.text]


def root_of(word: str) -> str:
    """What the forms of a word begin with: the word in small letters without its ending."""
    plain = folded(word)
    root = _ENDING.sub("", plain)
    return root if len(root) >= 3 else plain


def _is_form(word: str, roots: Collection[str]) -> bool:
    plain = folded(word)
    return any(
        plain.startswith(root)
        and len(plain) - len(root) <= (_LONGEST_ENDING if len(root) > 2 else 0)
        for root in roots
    )
