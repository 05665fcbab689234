"""What was invalidated lately, when and by what: for `blog cache why`.

Notes lie on the shelf beside the entries, each under a random one of a few names: no counter and no
lock is needed, and the oldest ones go by and by.
"""

import os
import secrets
import sys
import time
from pathlib import Path

import msgspec
from flask import has_request_context, request

from .shelf import Shelf

_NAMES = 512
_MOST_TAGS = 200


class Move(msgspec.Struct, array_like=True, frozen=True):
    """One invalidation: at which Unix time, which tags (none: everything), and who did it."""

    at_s: float
    cache_tags: tuple[str, ...]
    source: str

    def ends(self, cache_tags: frozenset[str]) -> frozenset[str]:
        """Those of the tags that it invalidated."""
        return cache_tags.intersection(self.cache_tags) if self.cache_tags else cache_tags


class Moves:
    """The notes of one host."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def note(self, cache_tags: frozenset[str] | None) -> None:
        """Note an invalidation, of everything if None."""
        tags = tuple(sorted(cache_tags)[:_MOST_TAGS]) if cache_tags is not None else ()
        name = f"move {secrets.randbelow(_NAMES)}"
        self._shelf.put(name, _encode(Move(time.time(), tags, source())))

    def recent(self) -> list[Move]:
        """All that is still known, the newest first."""
        found = []
        for number in range(_NAMES):
            payload = self._shelf.get(f"move {number}")
            if payload is not None:
                try:
                    found.append(_decode(payload))
                except (msgspec.MsgspecError, ValueError):
                    continue
        return sorted(found, key=lambda move: -move.at_s)


def source() -> str:
    """What runs here: a request, or the command of this process."""
    if has_request_context():
        return f"{request.method} {request.path}"
    return f"process {os.getpid()} ({Path(sys.argv[0]).name})"


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Move).decode
