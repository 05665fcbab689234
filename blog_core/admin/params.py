"""Parsers of the admin's query parameters; a text they refuse is answered with 400 by name."""

from blog_core.content.desk import SHOWN, Shown

_LARGEST = 2**63 - 1


def small_id(text: str) -> int:
    """An id, as both databases can hold it."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and 0 < int(text) <= _LARGEST):
        raise ValueError("expected a whole number above 0")
    return int(text)


def status_filter(text: str) -> Shown:
    """One of the filters of the list of posts."""
    for shown in SHOWN:
        if shown == text:
            return shown
    raise ValueError(f"expected one of {', '.join(SHOWN)}")
