"""All workers' segments together: living ones are read, dead ones folded into one file."""

import fcntl
import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from blog_core.metrics.owned_file import is_dead, remove_drafts
from blog_core.metrics.segment import (
    FILE_BYTES,
    HEADER_BYTES,
    MAGIC,
    NAME_BYTES,
    RECORD_BYTES,
    SUFFIX,
)

_PAST = "past"


def read_records(file: Path) -> Iterator[tuple[str, str, float]]:
    """Kind, name and value of each record in a segment file."""
    content = file.read_bytes()
    if not content.startswith(MAGIC) or len(content) != FILE_BYTES:
        return
    view = memoryview(content)
    for start in range(HEADER_BYTES, FILE_BYTES, RECORD_BYTES):
        record = bytes(view[start : start + NAME_BYTES]).rstrip(b"\0").decode("utf-8", "replace")
        if not record:
            return
        value = view[start + NAME_BYTES : start + RECORD_BYTES].cast("d")[0]
        yield record[0], record[1:], value


def sum_segments(folder: Path) -> dict[str, float]:
    """Every number, added up over all workers, dead ones' counts included."""
    totals: defaultdict[str, float] = defaultdict(float)
    if not folder.is_dir():
        return totals
    with _alone(folder):
        _fold_dead(folder)
        for name, value in _past(folder)[1].items():
            totals[name] += value
        for file in folder.glob(f"*{SUFFIX}"):
            for _, name, value in read_records(file):
                totals[name] += value
    return totals


def count_living(folder: Path, *, apart_from: Path | None) -> int:
    """How many workers live, without the one whose file is given."""
    files = (file for file in folder.glob(f"*{SUFFIX}") if file != apart_from)
    return sum(not _is_gone(file) for file in files)


def _is_gone(file: Path) -> bool:
    try:
        return is_dead(file)
    except FileNotFoundError:
        return True


def fold_dead(folder: Path) -> None:
    """Take over what dead workers left, so that their files do not pile up."""
    with _alone(folder):
        _fold_dead(folder)
        remove_drafts(folder)


def _fold_dead(folder: Path) -> None:
    for file in sorted(folder.glob(f"*{SUFFIX}")):
        if is_dead(file):
            _fold(folder, file)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One reader at a time, so that nobody sees a dead worker both folded and in its file."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _past(folder: Path) -> tuple[str, dict[str, float]]:
    """The last file folded, and the counts of all workers that are gone."""
    file = folder / _PAST
    if not file.is_file():
        return "", {}
    last, *lines = file.read_text(encoding="utf-8").split("\n")
    pairs = (line.partition(" ") for line in lines if line)
    return last, {name: float(value) for value, _, name in pairs}


def _fold(folder: Path, file: Path) -> None:
    """Add a dead worker's counters to the past, then delete its file.

    The past names the file it took last: a crash between the two steps counts nothing twice.
    """
    last, totals = _past(folder)
    if last != file.name:
        for kind, name, value in read_records(file):
            if kind == "c" and value:
                totals[name] = totals.get(name, 0.0) + value
        lines = [file.name, *(f"{value!r} {name}" for name, value in totals.items())]
        draft = folder / f"{_PAST}.new"
        draft.write_text("\n".join(lines), encoding="utf-8")
        draft.replace(folder / _PAST)
    with suppress(FileNotFoundError):
        file.unlink()
