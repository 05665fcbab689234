"""Entries shared by the processes of one host, in a memory-mapped file of fixed size.

New records overwrite the oldest, round and round; an index of fixed size says where a key's last
record begins. Writers take turns by a lock that the kernel frees when they die. Readers take none:
the head is moved before anything is overwritten, so a reader that sees it unmoved after copying
has copied a whole record; a checksum covers what a killed writer left.
"""

import mmap
import os
from collections.abc import Iterator
from pathlib import Path
from struct import Struct
from threading import Lock
from zlib import crc32

from blog_core.api import allocate

from .host_locks import HostLocks
from .record import name_of

_FORMAT = 1
_BUCKETS = 65_536
_HEAD_WORDS = 8
_INDEX_BYTES = 8 * (_HEAD_WORDS + 2 * _BUCKETS)
_RECORD = Struct("<16sQI4x")
_LARGEST_SHARE = 16
_ATTEMPTS = 1_000


class Shelf:
    """Bytes by key in a file of `folder`, at most `max_bytes` of them. Raises `OSError` if it
    cannot be mapped."""

    def __init__(self, folder: Path, max_bytes: int, locks: HostLocks) -> None:
        self._size = max_bytes // 8 * 8
        self._locks, self._lock = locks, Lock()
        whole = memoryview(_mapped(folder, _INDEX_BYTES + self._size))
        self._words = whole[:_INDEX_BYTES].cast("Q")
        self._bytes = whole[_INDEX_BYTES:]

    def put(self, key: str, payload: bytes) -> bool:
        """Keep `payload`; False when it is too large or another process held the lock too long.

        What was under the key before is gone in any case.
        """
        digest = name_of(key)
        length = -(-(_RECORD.size + len(payload)) // 8) * 8
        if length > self._size // _LARGEST_SHARE:
            self.remove(key)
            return False
        record = _RECORD.pack(digest, len(payload), crc32(payload)) + payload
        with self._lock:
            if not self._lock_host():
                self.remove(key)
                return False
            try:
                self._write(digest, record, length)
            finally:
                self._locks.unlock("shelf")
        return True

    def remove(self, key: str) -> None:
        """Drop what is under `key`. It takes no lock: a writer that is met loses at most a hit."""
        digest = name_of(key)
        bucket = _bucket(digest)
        if self._words[bucket] == _mark(digest):
            self._words[bucket] = 0

    def get(self, key: str) -> bytes | None:
        """The last payload put under `key`, if it has not been overwritten."""
        digest = name_of(key)
        bucket = _bucket(digest)
        if self._words[bucket] != _mark(digest):
            return None
        return self._read(self._words[bucket + 1], digest)

    def payloads(self) -> Iterator[bytes]:
        """Every payload that has not been overwritten, in no order."""
        for bucket in range(_HEAD_WORDS, _HEAD_WORDS + 2 * _BUCKETS, 2):
            if self._words[bucket]:
                payload = self._read(self._words[bucket + 1], None)
                if payload is not None:
                    yield payload

    def _read(self, start: int, wanted: bytes | None) -> bytes | None:
        """The payload of the record that begins at `start`, if it is whole and the wanted one."""
        at = start % self._size
        if not self._is_whole(start) or at + _RECORD.size > self._size:
            return None
        digest, length, checksum = _RECORD.unpack_from(self._bytes, at)
        if wanted not in {None, digest} or length > self._size - at - _RECORD.size:
            return None
        payload = bytes(self._bytes[at + _RECORD.size : at + _RECORD.size + length])
        # Asked again: what was written over while it was copied is nobody's.
        return payload if self._is_whole(start) and crc32(payload) == checksum else None

    def _is_whole(self, start: int) -> bool:
        """Whether nothing has been written over what began at `start`."""
        return 0 <= self._words[0] - start <= self._size

    def _write(self, digest: bytes, record: bytes, length: int) -> None:
        start = self._words[0]
        left = self._size - start % self._size
        if length > left:
            start += left  # a record does not run over the end
        self._words[0] = start + length
        at = start % self._size
        self._bytes[at : at + len(record)] = record
        bucket = _bucket(digest)
        self._words[bucket + 1] = start
        self._words[bucket] = _mark(digest)

    def _lock_host(self) -> bool:
        """Another writer is done in microseconds; one that was stopped must not hold us up."""
        return any(self._locks.try_lock("shelf") for _ in range(_ATTEMPTS))


def _mapped(folder: Path, size: int) -> mmap.mmap:
    """The file for this size. It never shrinks: a process that has it mapped would be killed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"shelf-{_FORMAT}-{size}"
    for other in folder.glob("shelf-*"):
        if other != path:
            other.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        allocate(descriptor, size)
        return mmap.mmap(descriptor, size)
    finally:
        os.close(descriptor)


def _bucket(digest: bytes) -> int:
    return _HEAD_WORDS + 2 * (int.from_bytes(digest[:8], "little") % _BUCKETS)


def _mark(digest: bytes) -> int:
    return int.from_bytes(digest[8:], "little")
