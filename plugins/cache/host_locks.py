"""Locks between the processes of one host, freed by the kernel when their holder dies.

All locks live in one file: the lock of a key is one byte of it, at an offset taken from the key's
digest, so that two keys practically never share one and no file is made or deleted.
"""

import fcntl
import os
import struct
from pathlib import Path

from .record import name_of

_OFFSETS = 2**62
_OPEN_FILE_LOCK = getattr(fcntl, "F_OFD_SETLK", None)
# short type, short whence, off_t start, off_t length, pid_t: what Linux calls struct flock.
_FLOCK = struct.Struct("hhqqi4x")


class HostLocks:
    """Locks by key in the file `path`. Raises `OSError` where that cannot be opened."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = path
        self._open()

    def _open(self) -> None:
        self._process = os.getpid()
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def try_lock(self, key: str) -> bool:
        """Take the lock of `key` if nobody else holds it; never waits."""
        try:
            self._set(key, fcntl.F_WRLCK)
        except (BlockingIOError, PermissionError):
            return False
        return True

    def unlock(self, key: str) -> None:
        """Give the lock of `key` back."""
        self._set(key, fcntl.F_UNLCK)

    def close(self) -> None:
        """Give everything back."""
        os.close(self._descriptor)

    def _set(self, key: str, kind: int) -> None:
        if self._process != os.getpid():
            self._open()  # a fork shares the open file, and with it its locks
        offset = int.from_bytes(name_of(key)[:8], "little") % _OFFSETS
        if _OPEN_FILE_LOCK is not None:
            # Of the open file and not of the process: two blogs in one process exclude each other.
            request = _FLOCK.pack(kind, os.SEEK_SET, offset, 1, 0)
            fcntl.fcntl(self._descriptor, _OPEN_FILE_LOCK, request)
        elif kind == fcntl.F_UNLCK:
            fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, offset)
        else:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, offset)
