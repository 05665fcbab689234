"""Slugs: the readable part of an address, made from a title or a name."""

import unicodedata
from collections.abc import Callable, Collection, Iterator

MAX_SLUG_CHARS = 200
"""Longest slug that is accepted; the columns leave room for a suffix."""

MAX_DERIVED_CHARS = 80
_LETTERS = {
    "ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i",
}  # fmt: skip
_APOSTROPHES = frozenset("'’ʼ`")


def slugify(text: str, *, max_chars: int = MAX_DERIVED_CHARS) -> str:
    """Small letters, digits and single hyphens, cut between words; empty when none are left.

    Latin letters lose their accents, letters of other scripts stay as they are.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    folded = unicodedata.normalize("NFKC", plain)
    spaced = "".join(_plain(char) for char in folded if char not in _APOSTROPHES)
    slug = "-".join(spaced.split())
    if len(slug) <= max_chars:
        return slug
    head, hyphen, _ = slug[: max_chars + 1].rpartition("-")
    return head if hyphen else slug[:max_chars]


def tag_slug(name: str) -> str:
    """The slug of a tag. `C`, `C++` and `C#` are three tags."""
    return slugify(name.replace("+", " plus ").replace("#", " sharp "), max_chars=MAX_SLUG_CHARS)


def is_slug(text: str) -> bool:
    """Whether a text given as a slug can be used exactly as it is."""
    return 0 < len(text) <= MAX_SLUG_CHARS and slugify(text, max_chars=MAX_SLUG_CHARS) == text


def free_slug(wanted: str, taken_of: Callable[[Collection[str]], Collection[str]]) -> str:
    """`wanted`, or the first of `wanted-2`, `wanted-3`, ... that is free.

    `taken_of` says which of some candidates are taken; it is asked for growing batches, so that
    thousands of equal titles cost a few look-ups, each by equality.
    """
    for batch in _batches(wanted):
        taken = taken_of(batch)
        free = [slug for slug in batch if slug not in taken]
        if free:
            return free[0]
    raise AssertionError("the batches never end")


def _batches(wanted: str) -> Iterator[list[str]]:
    yield [wanted]
    first, size = 2, 8
    while True:
        yield [f"{wanted}-{number}" for number in range(first, first + size)]
        first, size = first + size, min(size * 4, 512)


def _plain(char: str) -> str:
    """One character as it stands in a slug: itself, its Latin letter, or a space."""
    if char in _LETTERS:
        return _LETTERS[char]
    base = unicodedata.normalize("NFD", char)[0]
    if base.isascii() and base.isalnum():
        return base
    return char if char.isalnum() or unicodedata.category(char).startswith("M") else " "
