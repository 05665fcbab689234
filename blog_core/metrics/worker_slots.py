"""Slots of equal size in a memory-mapped file of each worker, for all workers to read.

A slot is a sequence number, then whatever its kind holds. The writer clears the number first and
sets it last, so a reader who sees the same number before and after has the whole of it.
"""

import mmap
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from struct import Struct
from threading import Lock

from blog_core.metrics.owned_file import OwnedFile, is_dead

NUMBER = Struct("<Q")
_DEAD_KEPT = 4
"""Files of dead workers that are kept: what was slow before a restart still matters."""


class _Forks:
    """How many forks lead to this process: cheaper to ask than the system for the process id."""

    count = 0

    def happened(self) -> None:
        self.count += 1


_forks = _Forks()
os.register_at_fork(after_in_child=_forks.happened)


class WorkerSlots:
    """This process's slots, in a file of its own in `folder`, or in memory where there is none.

    Hold `lock` while writing, and ask `has_left_parent` first: a forked child begins anew.
    """

    def __init__(self, suffix: str, folder: Path | None, *, slots: int, slot_bytes: int) -> None:
        self._suffix, self._folder = suffix, folder
        self._slot_bytes, self._size_bytes = slot_bytes, slots * slot_bytes
        self._forks, self.lock = _forks.count, Lock()
        self._owned: OwnedFile | None = None
        self._buffer: mmap.mmap | None = None

    def has_left_parent(self) -> bool:
        """True once in a forked child: the file is the parent's, whose lock may have been held."""
        if self._forks == _forks.count:
            return False
        self._forks, self.lock = _forks.count, Lock()
        self.close()
        return True

    @property
    def buffer(self) -> mmap.mmap:
        """Where to write; the file is made when it is first asked for."""
        buffer = self._buffer = self._buffer or self._opened()
        return buffer

    def _opened(self) -> mmap.mmap:
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

    def read(self) -> Iterator[tuple[int, bytes]]:
        """Number and content of every slot of all workers that holds something."""
        for content in self._contents():
            for start in range(0, self._size_bytes, self._slot_bytes):
                (number,) = NUMBER.unpack_from(content, start)
                held = content[start + NUMBER.size : start + self._slot_bytes] if number else b""
                if number and NUMBER.unpack_from(content, start)[0] == number:
                    yield number, held

    def _contents(self) -> Iterator[mmap.mmap]:
        for path in self._files():
            with suppress(OSError, ValueError), path.open("rb") as file:
                yield mmap.mmap(file.fileno(), self._size_bytes, access=mmap.ACCESS_READ)
        if self._owned is None and self._buffer is not None:
            yield self._buffer

    def close(self) -> None:
        """Give the file back; the next record begins another one."""
        with self.lock:
            self._buffer = None
            if self._owned is not None:
                self._owned.close()
                self._owned = None
