"""Room on the disk for a file that is to be mapped into memory."""

import errno
import os

_NO_PROMISE = {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP}
_BLOCK_BYTES = 512
"""The unit of `st_blocks`, whatever the file system's own."""


def allocate(descriptor: int, size_bytes: int) -> None:
    """Make the file at least `size_bytes` long, with room on the disk for all of it.

    A process that writes to a mapped byte which the disk has no room for is killed; here a full
    disk is an `OSError`. Where no room can be promised, the file only gets its length.
    """
    status = os.fstat(descriptor)
    if status.st_size >= size_bytes and status.st_blocks * _BLOCK_BYTES >= size_bytes:
        return
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(descriptor, 0, size_bytes)
        except OSError as problem:
            if problem.errno not in _NO_PROMISE:
                raise
        else:
            return
    if status.st_size < size_bytes:
        os.ftruncate(descriptor, size_bytes)
