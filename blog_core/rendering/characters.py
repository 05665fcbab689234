"""The characters that a text may hold, so that HTML, XML and UTF-8 can all carry it."""

import re

# What XML 1.0 calls a Char, negated: C0 controls, surrogates, U+FFFE and U+FFFF.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal_text(text: str) -> str:
    """`text` without the characters that no HTML or XML document can hold."""
    return _ILLEGAL.sub("", text)
