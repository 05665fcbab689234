"""The text of a file, whatever wrote it: UTF-8, a byte order mark, or the old Windows encoding."""

import codecs
from dataclasses import dataclass

from blog_core.rendering import legal_text

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text without byte order mark and control characters, and how it was found."""

    text: str
    encoding: str
    is_guess: bool
    removed_characters: int


def decode(data: bytes) -> Decoded:
    """The text of `data`. Bytes that are no UTF-8 are read as Windows-1252, which always works."""
    mark, encoding = next(
        ((mark, encoding) for mark, encoding in _MARKS if data.startswith(mark)), (b"", "utf-8")
    )
    try:
        text, is_guess = data[len(mark) :].decode(encoding), False
    except UnicodeDecodeError:
        text, encoding, is_guess = _windows_text(data), "windows-1252", True
    legal = legal_text(text)
    return Decoded(legal, encoding, is_guess, len(text) - len(legal))


def _windows_text(data: bytes) -> str:
    """Windows-1252, with Latin-1 for the five bytes that it leaves without a meaning."""
    return "".join(
        byte.decode("cp1252") if byte not in _UNASSIGNED else byte.decode("latin-1")
        for byte in (data[i : i + 1] for i in range(len(data)))
    )


_UNASSIGNED = frozenset({b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"})
