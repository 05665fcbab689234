"""Which addresses a text may link to or load from."""

import re
from typing import Final

SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
_START = re.compile(r"([^/?#:]*)(:?)")


def may_address(url: str) -> bool:
    """Whether `url` is relative or has one of `SCHEMES`."""
    start = _START.match(url.strip())
    return start is not None and (not start[2] or start[1].lower() in SCHEMES)
