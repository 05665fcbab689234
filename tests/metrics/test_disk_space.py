"""Files that are mapped: no byte of them lacks room on the disk, wherever that can be had."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from blog_core.changes.stamps import Stamps
from blog_core.disk_space import allocate
from blog_core.metrics.owned_file import OwnedFile

MIB = 1024 * 1024
needs_allocation = pytest.mark.skipif(
    not hasattr(os, "posix_fallocate"), reason="this system cannot give a file its room"
)


@pytest.fixture
def descriptor(tmp_path: Path) -> Iterator[int]:
    opened = os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT, 0o600)
    yield opened
    os.close(opened)


def fail_with(code: int) -> Callable[..., None]:
    def fallocate(descriptor: int, start: int, size_bytes: int) -> None:
        raise OSError(code, os.strerror(code))

    return fallocate


def room_bytes(descriptor: int) -> int:
    return os.fstat(descriptor).st_blocks * 512


@needs_allocation
def test_a_file_gets_its_length_and_room_for_all_of_it(descriptor: int) -> None:
    allocate(descriptor, MIB)
    assert os.fstat(descriptor).st_size == MIB
    assert room_bytes(descriptor) >= MIB


@needs_allocation
def test_holes_are_filled_and_bytes_stay(descriptor: int) -> None:
    os.ftruncate(descriptor, MIB)
    os.pwrite(descriptor, b"kept", MIB // 2)
    allocate(descriptor, MIB)
    assert room_bytes(descriptor) >= MIB
    assert os.pread(descriptor, 4, MIB // 2) == b"kept"


def test_a_longer_file_keeps_its_length(descriptor: int) -> None:
    os.ftruncate(descriptor, 2 * MIB)
    allocate(descriptor, MIB)
    assert os.fstat(descriptor).st_size == 2 * MIB


@pytest.mark.parametrize("code", [errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS])
def test_where_no_room_is_promised_the_file_gets_its_length(
    descriptor: int, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(os, "posix_fallocate", fail_with(code), raising=False)
    allocate(descriptor, MIB)
    assert os.fstat(descriptor).st_size == MIB


def test_a_system_without_the_call_works(descriptor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "posix_fallocate", raising=False)
    allocate(descriptor, MIB)
    assert os.fstat(descriptor).st_size == MIB


def test_a_full_disk_is_an_error_before_anything_is_mapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "posix_fallocate", fail_with(errno.ENOSPC), raising=False)
    stamps = Stamps(tmp_path / "stamps")
    assert not stamps.is_shared
    assert "No space left on device" in stamps.fault
    with pytest.raises(OSError, match="No space left on device"):
        OwnedFile(tmp_path, ".counts", size_bytes=MIB)
