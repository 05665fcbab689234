"""Parsers of the admin's query parameters; a text they refuse is answered with 400 by name."""

from blog_core.content.desk import COMMENTS
from blog_core.content.desk_lists import SHOWN, Shown
from blog_core.routes import Parser

_LARGEST = 2**63 - 1


def small_id(text: str) -> int:
    """An id, as both databases can hold it."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and 0 < int(text) <= _LARGEST):
        raise ValueError("expected a whole number above 0")
    return int(text)


def one_of(*words: str) -> Parser:
    """The parser of a parameter that is one of these words."""

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"expected one of {', '.join(words)}")
        return text

    return parse


def searched(text: str) -> str:
    """What is looked for in a list."""
    if len(text) > 200:
        raise ValueError("expected at most 200 characters")
    return text.strip()


def status_filter(text: str) -> Shown:
    """One of the filters of the list of posts."""
    for shown in SHOWN:
        if shown == text:
            return shown
    raise ValueError(f"expected one of {', '.join(SHOWN)}")


def comment_filter(text: str) -> str:
    """One of the states of comments."""
    if text not in COMMENTS:
        raise ValueError(f"expected one of {', '.join(COMMENTS)}")
    return text


def revision_number(text: str) -> int:
    """The number of a revision, as the database can hold it."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and 0 < int(text) < 2**31):
        raise ValueError("expected the number of a revision")
    return int(text)


def text_choice(text: str) -> int:
    """A text of a post: a revision by its number, or 0 for `copy`, one's own working copy."""
    return 0 if text == "copy" else revision_number(text)


def whole_number(text: str) -> int:
    """A number that a form of ours carries; 0 for anything that is none."""
    is_number = text.isascii() and text.isdigit() and len(text) <= 19
    return int(text) if is_number and int(text) <= _LARGEST else 0
