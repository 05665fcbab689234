"""The closed set of values that front matter may hold: what JSON can say, and nothing else."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, time

from blog_core.importing.post import JsonValue
from blog_core.rendering import legal_text

MAX_DEPTH = 20
MAX_VALUES = 10_000
MAX_DIGITS = 18

_WHOLE_NUMBER = re.compile(rf"0|-?[1-9][0-9]{{0,{MAX_DIGITS - 1}}}")
_FRACTION = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?")


class TooComplex(ValueError):
    """Front matter is nested too deeply, or holds too many values."""


def plain_scalar(text: str) -> JsonValue:
    """What an unquoted word means: null, a truth value, a number or the text itself.

    A number is one only if writing it again gives the same text, so that `007`, `1.10` and
    `2015-01-06` keep their form and no country is called False.
    """
    if text in {"", "~", "null"}:
        return None
    if text in {"true", "false"}:
        return text == "true"
    if _WHOLE_NUMBER.fullmatch(text):
        return int(text)
    if len(text) < 40 and _FRACTION.fullmatch(text) and repr(float(text)) == text:
        return float(text)
    return text


def plain_value(value: object, *, depth: int = 0) -> JsonValue:
    """A parsed TOML or JSON value as JSON has it: dates as ISO text, huge numbers as text."""
    if depth > MAX_DEPTH:
        raise TooComplex(f"values nested more than {MAX_DEPTH} deep")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _plain_number(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {legal_text(str(k)): plain_value(v, depth=depth + 1) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain_value(item, depth=depth + 1) for item in value]
    return legal_text(str(value))


def _plain_number(value: float) -> JsonValue:
    if isinstance(value, int):
        return value if abs(value) < 10**MAX_DIGITS else str(value)
    return value if math.isfinite(value) else str(value)


def text_of(value: JsonValue) -> str:
    """A scalar as it was written; a list or mapping has no text and gives an empty one."""
    if value is None or isinstance(value, list | dict):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
