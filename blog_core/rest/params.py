"""The query parameters of the API's lists."""

from collections.abc import Callable

from blog_core.content.desk_lists import SHOWN
from blog_core.content.keyset import Cursor
from blog_core.model.comment import COMMENT_STATUSES
from blog_core.operations import Param

MAX_LIMIT = 100
DEFAULT_LIMIT = 20
MAX_NUMBER = 2**31 - 1
MAX_ID = 2**63 - 1


def whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    """A parser of whole numbers between two ends."""

    def parse(text: str) -> int:
        is_number = text.isascii() and text.isdigit() and len(text) <= 19
        if not is_number or not lowest <= int(text) <= highest:
            raise ValueError(f"expected a whole number from {lowest} to {highest:,}")
        return int(text)

    return parse


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"expected one of {', '.join(choices)}")
        return text

    return parse


def _slug(text: str) -> str:
    if not text or len(text) > 255 or not text.isprintable():
        raise ValueError("expected a slug")
    return text


def _line(text: str) -> str:
    if len(text) > 200 or not text.isprintable():
        raise ValueError("expected one line of at most 200 characters")
    return text


PAGE = Param(
    Cursor.parse,
    "The place to go on at: `next` or `previous` of another page of the list",
    {"type": "string", "pattern": "^[on][A-Za-z0-9_-]{22}$"},
)
LIMIT = Param(
    whole_number(1, MAX_LIMIT),
    f"How many items at most, {DEFAULT_LIMIT} unless said otherwise",
    {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
)
BEFORE = Param(
    whole_number(1, MAX_NUMBER),
    "Only revisions with a lower number than this",
    {"type": "integer", "minimum": 1, "maximum": MAX_NUMBER},
)
STATUS = Param(
    _one_of(*SHOWN),
    "`published` (and no status) lists what readers see, newest first. The others need a token "
    "that may read-drafts and list what its account may read, last changed first; `scheduled` is "
    "what will come out, `all` is everything",
    {"type": "string", "enum": list(SHOWN)},
)
SLUG = Param(_slug, "", {"type": "string", "minLength": 1, "maxLength": 255})
SEARCH = Param(
    _line,
    "A part of what is looked for, in any case",
    {"type": "string", "maxLength": 200},
)
COMMENT_STATUS = Param(
    _one_of(*COMMENT_STATUSES),
    "Which comments; those that wait unless said otherwise",
    {"type": "string", "enum": list(COMMENT_STATUSES)},
)


def slug_of(what: str) -> Param:
    """The parameter that names a thing by its slug."""
    return Param(SLUG.parse, what, SLUG.schema)
