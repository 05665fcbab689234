"""Counts tokens, exactly with the package `bpe-openai`, else by an estimate that says so."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import ceil

CHARACTERS_PER_TOKEN = 4
ENCODING = "o200k_base"


@dataclass(frozen=True, slots=True)
class TokenCount:
    """A number of tokens; `exact` is False for an estimate, a quarter of the characters."""

    tokens: int
    exact: bool


def count_tokens(text: str) -> TokenCount:
    """The tokens of a text. The vocabulary is loaded at the first call and never downloaded."""
    count = _counter()
    if count is None or not _is_encodable(text):
        return TokenCount(ceil(len(text) / CHARACTERS_PER_TOKEN), exact=False)
    return TokenCount(count(text), exact=True)


def _is_encodable(text: str) -> bool:
    """False for a text with half of a surrogate pair, which no model gets to see."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@cache
def _counter() -> Callable[[str], int] | None:
    """The count of the vocabulary that the package carries, or None where it is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            import bpe_openai

            encoding = bpe_openai.get_encoding(ENCODING)
    except ImportError:
        return None
    return lambda text: len(encoding.encode_ordinary(text))
