"""How much this thread has read from files, by what the system counts.

SQLite's own counter of pages cannot be reached from Python. A connection whose memory is empty and
that maps nothing reads each page it needs once, by one call, which Linux counts for each thread.
"""

from pathlib import Path

_COUNTS = Path("/proc/thread-self/io")


def page_bytes_read() -> int | None:
    """Bytes that this thread asked the system for; None where nobody counts them."""
    try:
        lines = _COUNTS.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("rchar:")), None)
