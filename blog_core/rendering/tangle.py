"""Finds HTML whose tree would be far deeper or larger than its text, before it is parsed.

HTML parsers spend the square of the depth on nested elements, and open every unclosed `<b>` anew
in each following paragraph: a few kilobytes can cost minutes and gigabytes.
"""

import re
from collections import Counter
from typing import Final

MAX_DEPTH: Final = 200
MAX_REOPENED: Final = 1_000_000

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)")
# A parser closes these by itself, or they never hold anything.
_CLOSED_BY_PARSER = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"),
        *("source", "track", "wbr", "caption", "colgroup", "dd", "dt", "li", "optgroup", "option"),
        *("p", "rp", "rt", "tbody", "td", "tfoot", "th", "thead", "tr"),
    }
)
_FORMATTING = frozenset(
    {
        *("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong"),
        *("tt", "u"),
    }
)


def is_tangled(html: str) -> bool:
    """Whether parsing `html` would cost much more than reading it. Linear in its length."""
    unclosed: Counter[str] = Counter()
    depth = formatting = reopened = 0
    for match in _TAG.finditer(html):
        name = match[2].lower()
        step = -1 if match[1] else 1
        reopened += formatting
        if name not in _CLOSED_BY_PARSER and (step > 0 or unclosed[name]):
            unclosed[name] += step
            depth += step
            formatting += step if name in _FORMATTING else 0
        if depth > MAX_DEPTH or reopened > MAX_REOPENED:
            return True
    return False
