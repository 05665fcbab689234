"""What the processes of a host know together about Redis: a small file, mapped and locked."""

import fcntl
import mmap
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock

_LACK, _LACK_SINCE_S, _SEEN = range(3)
_SIZE_BYTES = 64
_MOST_BYTES = 65_536
_EVERYTHING = 1


class HostState:
    """Shared by all processes through the file `path`; `None` keeps it in this one.

    Redis `is_behind` when an invalidation of this host has not reached it: until that is made good,
    no process of the host uses what Redis holds.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = Lock()
        self._descriptor = _opened(path)
        self._words = memoryview(mmap.mmap(self._descriptor, _SIZE_BYTES)).cast("Q")

    @property
    def is_behind(self) -> bool:
        """Whether an invalidation has not reached Redis."""
        return self._words[_LACK] != 0

    @property
    def lack(self) -> int:
        """Changes with every invalidation that does not arrive; 0 when none is missing."""
        return self._words[_LACK]

    @property
    def lacks_everything(self) -> bool:
        """Whether one of those that are missing is the invalidation of everything."""
        return bool(self._words[_LACK] & _EVERYTHING)

    @property
    def lack_since_s(self) -> int:
        """Unix time of the first one that did not arrive."""
        return self._words[_LACK_SINCE_S]

    @property
    def seen(self) -> int:
        """The number of the last invalidation in Redis that this host knows of."""
        return self._words[_SEEN]

    def saw(self, number: int) -> None:
        """Note that the invalidation of this number is known here."""
        self._words[_SEEN] = number

    @property
    def missing(self) -> frozenset[str]:
        """The tags whose invalidation did not arrive; none where everything is missing."""
        with self._alone():
            size = os.fstat(self._descriptor).st_size - _SIZE_BYTES
            lines = os.pread(self._descriptor, size, _SIZE_BYTES)
            return frozenset(lines.decode("utf-8", "surrogatepass").split("\n")) - {""}

    def fell_behind(self, now_s: float, cache_tags: Iterable[str] | None) -> None:
        """Note that the invalidation of these tags (None: of everything) did not arrive."""
        with self._alone():
            if not self.is_behind:
                self._words[_LACK_SINCE_S] = int(now_s)
            written = cache_tags is not None and self._append(cache_tags)
            everything = _EVERYTHING if self.lacks_everything or not written else 0
            # The texts first: who sees the mark finds them.
            self._words[_LACK] = (secrets.randbits(62) + 1) << 1 | everything

    def caught_up(self, lack: int) -> None:
        """Note that all that was missing is made good, unless more has come to it since `lack`."""
        with self._alone():
            if self._words[_LACK] == lack:
                self._words[_LACK] = 0
                os.ftruncate(self._descriptor, _SIZE_BYTES)

    def _append(self, cache_tags: Iterable[str]) -> bool:
        tags = tuple(cache_tags)
        if any(not tag or "\n" in tag for tag in tags):
            return False  # no line can say it
        lines = "".join(f"{tag}\n" for tag in tags).encode("utf-8", "surrogatepass")
        size = os.fstat(self._descriptor).st_size
        if size + len(lines) > _MOST_BYTES:
            return False
        os.pwrite(self._descriptor, lines, size)
        return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._lock:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)


def _opened(path: Path | None) -> int:
    if path is None:
        with TemporaryFile() as file:  # nobody else's, and gone with this process
            descriptor = os.dup(file.fileno())
    else:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if os.fstat(descriptor).st_size < _SIZE_BYTES:
        os.ftruncate(descriptor, _SIZE_BYTES)
    return descriptor
