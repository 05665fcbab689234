"""Memory-mapped files that one process writes and others read; locked while their owner lives."""

import fcntl
import mmap
import os
import secrets
import time
import weakref
from pathlib import Path

from blog_core.disk_space import allocate

_DRAFT = ".new"
_DRAFT_MAX_AGE_S = 60.0


class OwnedFile:
    """A new file of this process in `folder`, beginning with `content`. Raises `OSError`.

    It is locked (`flock`) by its open descriptor, so the lock ends with the process, however that
    ends. It gets its name last: a reader sees no file or a complete, locked one.
    """

    def __init__(self, folder: Path, suffix: str, *, size_bytes: int, content: bytes = b"") -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f"{os.getpid()}-{secrets.token_hex(4)}{_DRAFT}"
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        self._close = weakref.finalize(self, os.close, descriptor)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        allocate(descriptor, size_bytes)
        self.buffer = mmap.mmap(descriptor, size_bytes)
        self.buffer[: len(content)] = content
        self.path = draft.rename(draft.with_suffix(suffix))

    def close(self) -> None:
        """Unlock. The mapping keeps a copy of the descriptor: drop every view of `buffer` too."""
        del self.buffer
        self._close()


def is_dead(file: Path) -> bool:
    """Whether the file's owner is gone."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def remove_drafts(folder: Path) -> None:
    """Delete what owners left that died before their file had its name."""
    for draft in folder.glob(f"*{_DRAFT}"):
        if time.time() - draft.stat().st_mtime > _DRAFT_MAX_AGE_S and is_dead(draft):
            draft.unlink()
