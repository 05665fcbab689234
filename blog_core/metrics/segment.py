"""A worker's own table of numbers, in memory or in a memory-mapped file that others may read.

A record is a name of at most 184 bytes and a float64. One process writes a file and nobody else;
readers need no lock, for an aligned 8-byte store is seen whole. Its size never changes.
"""

import mmap
import os
import weakref
from contextlib import suppress
from pathlib import Path
from threading import Lock

from blog_core.metrics.declare import MetricError
from blog_core.metrics.owned_file import OwnedFile

MAGIC = b"blogseg1"
HEADER_BYTES = 64
RECORD_BYTES = 192
NAME_BYTES = RECORD_BYTES - 8
RECORDS = 4096
FILE_BYTES = HEADER_BYTES + RECORDS * RECORD_BYTES
STRIDE = RECORD_BYTES // 8
SUFFIX = ".seg"

OVERFLOW = "blog_metrics_overflow_total"
"""Takes what no longer fits; a value above 0 shows that `RECORDS` was passed."""


class Segment:
    """Numbers by name. `values[index]` is what instruments add to; `index` comes from `reserve`."""

    def __init__(self) -> None:
        self._indexes: dict[str, int] = {}
        self._lock = Lock()
        self._owned: OwnedFile | None = None
        self._folder: Path | None = None
        self._use(mmap.mmap(-1, FILE_BYTES), MAGIC)
        self.reserve("c", OVERFLOW)
        _segments.add(self)

    def _use(self, buffer: mmap.mmap, content: bytes) -> None:
        buffer[: len(content)] = content
        self._buffer = buffer
        self.values = memoryview(buffer).cast("d")

    @property
    def is_shared(self) -> bool:
        """Whether others can read these numbers."""
        return self._owned is not None

    @property
    def file(self) -> Path | None:
        """The file others read, if any."""
        return self._owned.path if self._owned else None

    def reserve(self, kind: str, name: str) -> int:
        """The index of a name's number, made at the first call. `kind` is "c" (adds up over
        workers and outlives them) or "g" (adds up over living workers)."""
        record = f"{kind}{name}".encode()
        if len(record) > NAME_BYTES:
            raise MetricError(f"Metric {name!r} is longer than {NAME_BYTES - 1} bytes.")
        with self._lock:
            if name not in self._indexes:
                if len(self._indexes) >= RECORDS:
                    return self._indexes[OVERFLOW]
                self._write_name(len(self._indexes), record)
                self._indexes[name] = (HEADER_BYTES // 8) + len(self._indexes) * STRIDE + STRIDE - 1
            return self._indexes[name]

    def _write_name(self, number: int, record: bytes) -> None:
        start = HEADER_BYTES + number * RECORD_BYTES
        self._buffer[start : start + len(record)] = record

    def read(self) -> dict[str, float]:
        """All numbers of this process."""
        with self._lock:
            return {name: self.values[index] for name, index in self._indexes.items()}

    def share(self, folder: Path) -> None:
        """Move the numbers into a new file in `folder`; from now on others can read them."""
        with self._lock:
            if self._owned is None:
                self._own_file(folder, self._content())

    def _content(self) -> bytes:
        return self._buffer[: HEADER_BYTES + len(self._indexes) * RECORD_BYTES]

    def _own_file(self, folder: Path, content: bytes) -> None:
        owned = OwnedFile(folder, SUFFIX, size_bytes=FILE_BYTES, content=content)
        self._owned, self._folder = owned, folder
        self._use(owned.buffer, b"")

    def _leave_file(self, content: bytes) -> None:
        self._use(mmap.mmap(-1, FILE_BYTES), content)
        if self._owned is not None:
            self._owned.close()
            self._owned = None

    def close(self) -> None:
        """Let others fold this file: its owner writes no more. Numbers go on in memory."""
        with self._lock:
            self._leave_file(self._content())

    def after_fork(self) -> None:
        """In a forked child: leave the parent's table and begin one of our own, at zero."""
        self._lock = Lock()
        content = bytearray(self._content())
        for index in self._indexes.values():
            content[index * 8 : index * 8 + 8] = bytes(8)
        was_shared = self.is_shared
        self._leave_file(bytes(content))
        if was_shared and self._folder is not None:
            with suppress(OSError):  # counting goes on in memory
                self._own_file(self._folder, bytes(content))


_segments: "weakref.WeakSet[Segment]" = weakref.WeakSet()


def _after_fork() -> None:
    for segment in list(_segments):
        segment.after_fork()


os.register_at_fork(after_in_child=_after_fork)
