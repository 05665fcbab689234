"""The last records of a kind, such as slow statements, in constant space and for all to read.

A slot is a sequence number, a length, and JSON. The writer clears the number first and sets it
last, so a reader who sees the same number before and after has a whole record.
"""

import json
import mmap
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from struct import Struct
from threading import Lock
from typing import Any

from blog_core.metrics.owned_file import OwnedFile, is_dead

_HEAD = Struct("<QI")
_NUMBER = Struct("<Q")
_DEAD_KEPT = 4
"""Files of dead workers that are kept: what was slow before a restart still matters."""


class Ring:
    """The last `records` records that this process appended, each of at most `record_bytes`.

    With a `folder`, `read` gives those of all workers.
    """

    def __init__(
        self, name: str, folder: Path | None, *, records: int = 256, record_bytes: int = 2048
    ) -> None:
        self._suffix = f".{name}.ring"
        self._folder, self._records, self._record_bytes = folder, records, record_bytes
        self._process, self._lock, self._next = os.getpid(), Lock(), 0
        self._owned: OwnedFile | None = None
        self._buffer: mmap.mmap | None = None

    @property
    def _size_bytes(self) -> int:
        return self._records * self._record_bytes

    def append(self, record: Mapping[str, Any]) -> None:
        """Keep a record of JSON values, in the place of the oldest. Long texts in it are cut."""
        payload = _fitted(dict(record), self._record_bytes - _HEAD.size)
        if self._process != os.getpid():
            self._leave_parent()
        with self._lock:
            buffer = self._buffer = self._buffer or self._opened()
            start = self._next % self._records * self._record_bytes
            self._next += 1
            _NUMBER.pack_into(buffer, start, 0)
            buffer[start + _HEAD.size : start + _HEAD.size + len(payload)] = payload
            _HEAD.pack_into(buffer, start, time.time_ns(), len(payload))

    def _leave_parent(self) -> None:
        """In a forked child: the file is the parent's, and its lock may have been held."""
        self._process, self._lock, self._next = os.getpid(), Lock(), 0
        self.close()

    def _opened(self) -> mmap.mmap:
        """A file of our own, made at the first record; memory where there is none to be had."""
        if self._folder is not None:
            try:
                self._owned = OwnedFile(self._folder, self._suffix, size_bytes=self._size_bytes)
                self._drop_old_files()
            except OSError:
                pass
            else:
                return self._owned.buffer
        return mmap.mmap(-1, self._size_bytes)

    def _drop_old_files(self) -> None:
        dead = [file for file in self._files() if is_dead(file)]
        for file in sorted(dead, key=lambda file: file.stat().st_mtime)[:-_DEAD_KEPT]:
            file.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return list(self._folder.glob(f"*{self._suffix}")) if self._folder else []

    def read(self) -> list[dict[str, Any]]:
        """All workers' records, the newest first; `at` is when each was appended (Unix seconds)."""
        found = [record for content in self._contents() for record in self._in(content)]
        return sorted(found, key=lambda record: -record["at"])

    def _contents(self) -> Iterator[mmap.mmap]:
        for path in self._files():
            with suppress(OSError, ValueError), path.open("rb") as file:
                yield mmap.mmap(file.fileno(), self._size_bytes, access=mmap.ACCESS_READ)
        if self._owned is None and self._buffer is not None:
            yield self._buffer

    def _in(self, content: mmap.mmap) -> Iterator[dict[str, Any]]:
        for start in range(0, self._size_bytes, self._record_bytes):
            number, length = _HEAD.unpack_from(content, start)
            payload = content[start + _HEAD.size : start + _HEAD.size + length]
            if number and _NUMBER.unpack_from(content, start)[0] == number:
                yield {**json.loads(payload), "at": number / 1e9}

    def close(self) -> None:
        """Give the file back; the next record begins another one."""
        with self._lock:
            self._buffer = None
            if self._owned is not None:
                self._owned.close()
                self._owned = None


def _fitted(record: dict[str, Any], max_bytes: int) -> bytes:
    """The record as JSON, with its longest texts halved until it fits; empty if it never does."""
    while len(payload := json.dumps(record).encode()) > max_bytes:
        longest = max(record, key=lambda name: len(str(record[name])))
        text = str(record[longest])
        if len(text) < 2:
            return b"{}"
        record[longest] = f"{text[: len(text) // 2 - 1]}…"
    return payload
