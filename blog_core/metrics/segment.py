"""A worker's own table of numbers, in memory or in a memory-mapped file that others may read.

A record is a name of at most 184 bytes and a float64. One process writes a file and nobody else;
readers need no lock, for an aligned 8-byte store is seen whole. The file is locked (`flock`) as
long as its process lives, which is how others know. Its size never changes.
"""

import fcntl
import mmap
import os
import secrets
import weakref
from pathlib import Path
from threading import Lock

from blog_core.metrics.declare import MetricError

MAGIC = b"blogseg1"
HEADER_BYTES = 64
RECORD_BYTES = 192
NAME_BYTES = RECORD_BYTES - 8
RECORDS = 4096
FILE_BYTES = HEADER_BYTES + RECORDS * RECORD_BYTES
STRIDE = RECORD_BYTES // 8
SUFFIX = ".seg"

OVERFLOW = "blog_metrics_overflow_total"
"""Takes what no longer fits; its name shows that `RECORDS` was passed."""


class Segment:
    """Numbers by name. `values[index]` is what instruments add to; `index` comes from `reserve`."""

    def __init__(self) -> None:
        self._indexes: dict[str, int] = {}
        self._lock = Lock()
        self._buffer: mmap.mmap = mmap.mmap(-1, FILE_BYTES)
        self._buffer[: len(MAGIC)] = MAGIC
        self.values = memoryview(self._buffer).cast("d")
        self.file: Path | None = None
        self._folder: Path | None = None
        self._close_file: weakref.finalize[..., Segment] | None = None
        self.reserve("c", OVERFLOW)
        _segments.add(self)

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
            if self.file is None:
                self._move_to(folder, bytes(self._buffer))

    def after_fork(self) -> None:
        """In a forked child: leave the parent's table and begin one of our own, at zero."""
        self._lock = Lock()
        content = bytearray(self._buffer)
        for index in self._indexes.values():
            content[index * 8 : index * 8 + 8] = bytes(8)
        if self._folder is None:
            self._buffer = mmap.mmap(-1, FILE_BYTES)
            self._buffer[:] = bytes(content)
            self.values = memoryview(self._buffer).cast("d")
            return
        if self._close_file:
            self._close_file()
        self._move_to(self._folder, bytes(content))

    def _move_to(self, folder: Path, content: bytes) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f"{os.getpid()}-{secrets.token_hex(4)}.new"
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(descriptor, FILE_BYTES)
        buffer = mmap.mmap(descriptor, FILE_BYTES)
        used = HEADER_BYTES + len(self._indexes) * RECORD_BYTES
        buffer[:used] = content[:used]
        # Named last: a reader sees no file or a complete, locked one.
        self.file = draft.rename(draft.with_suffix(SUFFIX))
        self._folder, self._buffer = folder, buffer
        self.values = memoryview(buffer).cast("d")
        self._close_file = weakref.finalize(self, os.close, descriptor)

    def close(self) -> None:
        """Let others fold this file: its owner writes no more. Numbers go on in memory."""
        with self._lock:
            if self._close_file and self._close_file.alive:
                kept = bytes(self._buffer)
                self._buffer = mmap.mmap(-1, FILE_BYTES)
                self._buffer[:] = kept
                self.values = memoryview(self._buffer).cast("d")
                self.file = self._folder = None
                self._close_file()


_segments: "weakref.WeakSet[Segment]" = weakref.WeakSet()


def _after_fork() -> None:
    for segment in list(_segments):
        segment.after_fork()


os.register_at_fork(after_in_child=_after_fork)
