"""Files of the library on the disk."""

import os
import tempfile
from pathlib import Path


def write_file(target: Path, data: bytes) -> None:
    """Write a file whole or not at all; one that exists is the same, for names are digests."""
    if target.exists():
        return
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
