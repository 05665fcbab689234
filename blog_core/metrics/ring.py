"""The last records of a kind, such as slow statements, in constant space and for all to read."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from struct import Struct
from typing import Any

from blog_core.metrics.worker_slots import NUMBER, WorkerSlots

_LENGTH = Struct("<I")
_HEAD_BYTES = NUMBER.size + _LENGTH.size


class Ring:
    """The last `records` records that this process appended, each of at most `record_bytes`.

    With a `folder`, `read` gives those of all workers.
    """

    def __init__(
        self, name: str, folder: Path | None, *, records: int = 256, record_bytes: int = 2048
    ) -> None:
        self._slots = WorkerSlots(f".{name}.ring", folder, slots=records, slot_bytes=record_bytes)
        self._records, self._record_bytes, self._next = records, record_bytes, 0

    def append(self, record: Mapping[str, Any]) -> None:
        """Keep a record of JSON values, in the place of the oldest. Long texts in it are cut."""
        payload = _fitted(dict(record), self._record_bytes - _HEAD_BYTES)
        if self._slots.has_left_parent():
            self._next = 0
        with self._slots.lock:
            buffer, start = self._slots.buffer, self._next % self._records * self._record_bytes
            self._next += 1
            NUMBER.pack_into(buffer, start, 0)
            _LENGTH.pack_into(buffer, start + NUMBER.size, len(payload))
            buffer[start + _HEAD_BYTES : start + _HEAD_BYTES + len(payload)] = payload
            NUMBER.pack_into(buffer, start, time.time_ns())

    def read(self) -> list[dict[str, Any]]:
        """All workers' records, the newest first; `at` is when each was appended (Unix seconds)."""
        found = [{**_record(held), "at": number / 1e9} for number, held in self._slots.read()]
        return sorted(found, key=lambda record: -record["at"])

    def close(self) -> None:
        """Give the file back; the next record begins another one."""
        self._slots.close()


def _record(held: bytes) -> dict[str, Any]:
    (length,) = _LENGTH.unpack_from(held)
    record: dict[str, Any] = json.loads(held[_LENGTH.size : _LENGTH.size + length])
    return record


def _fitted(record: dict[str, Any], max_bytes: int) -> bytes:
    """The record as JSON, with its longest texts halved until it fits; empty if it never does."""
    while len(payload := json.dumps(record).encode()) > max_bytes:
        longest = max(record, key=lambda name: len(str(record[name])))
        text = str(record[longest])
        if len(text) < 2:
            return b"{}"
        record[longest] = f"{text[: len(text) // 2 - 1]}…"
    return payload
