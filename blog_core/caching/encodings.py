"""Content encodings: which one a client takes, and bodies compressed once."""

from functools import lru_cache
from zlib import DEFLATED, MAX_WBITS, compressobj

import brotli

BROTLI_QUALITY = 5
GZIP_LEVEL = 6
SMALLEST_WORTH_IT_BYTES = 512
_TEXT_TYPES = ("text/", "application/json", "application/xml", "application/javascript")
_TEXT_SUFFIXES = ("+xml", "+json")


def compress(body: bytes, mimetype: str) -> tuple[tuple[str, bytes], ...]:
    """`body` as it is kept: brotli where that is smaller, identity last.

    Nearly every client takes brotli. For the others `gzipped` is made when one asks.
    """
    if len(body) < SMALLEST_WORTH_IT_BYTES or not _is_text(mimetype):
        return (("", body),)
    packed = brotli.compress(body, quality=BROTLI_QUALITY)
    return (("br", packed), ("", body)) if len(packed) < len(body) else (("", body),)


def gzipped(body: bytes) -> bytes:
    """`body` by gzip, without name and time in its header: the same bytes give the same file."""
    packer = compressobj(GZIP_LEVEL, DEFLATED, MAX_WBITS | 16)
    return packer.compress(body) + packer.flush()


@lru_cache(maxsize=256)
def accepted_encodings(header: str) -> frozenset[str]:
    """The names in an Accept-Encoding header that the client takes, of those spoken here."""
    weights = dict(_weights(header))
    rest = weights.get("*", 0.0)
    return frozenset(name for name in ("br", "gzip") if weights.get(name, rest) > 0)


def _weights(header: str) -> list[tuple[str, float]]:
    found = []
    for item in header.lower().split(","):
        name, _, parameters = item.partition(";")
        key, _, weight = parameters.partition("=")
        try:
            found.append((name.strip(), float(weight) if key.strip() == "q" else 1.0))
        except ValueError:
            continue
    return found


def _is_text(mimetype: str) -> bool:
    kind = mimetype.partition(";")[0].strip().lower()
    return kind.startswith(_TEXT_TYPES) or kind.endswith(_TEXT_SUFFIXES)
