"""How often and how long each of many things took, such as statements, with what each of them is.

Constant space, like a ring; but a thing keeps its place while it goes on, and when all places are
taken, the one that took the least time in all makes room. Others may read it at any time.
"""

import json
import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import Any

from blog_core.metrics.worker_slots import NUMBER, WorkerSlots

_COUNTS = Struct("<Qdd")
_LENGTH = Struct("<I")
_RECORD_AT = NUMBER.size + _COUNTS.size + _LENGTH.size


@dataclass(eq=False, slots=True)
class Tallied:
    """One thing of this process: what it is, and what was counted."""

    key: Hashable
    record: Mapping[str, Any]
    start: int
    calls: int = 0
    total_s: float = 0.0
    max_s: float = 0.0
    made_room: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing of one worker, as it is read."""

    record: Mapping[str, Any]
    calls: int
    total_s: float
    max_s: float


class Tally:
    """Up to `records` things; each is a record of JSON values of at most `record_bytes`."""

    def __init__(
        self, name: str, folder: Path | None, *, records: int = 256, record_bytes: int = 4096
    ) -> None:
        self._slots = WorkerSlots(f".{name}.tally", folder, slots=records, slot_bytes=record_bytes)
        self._records, self._record_bytes = records, record_bytes
        self._entries: dict[Hashable, Tallied] = {}

    def entry(self, key: Hashable) -> Tallied | None:
        """What this process has under a key. Ask it each time: a forked child has nothing."""
        if self._slots.has_left_parent():
            self._entries.clear()
        return self._entries.get(key)

    def begin(self, key: Hashable, record: Mapping[str, Any]) -> Tallied | None:
        """Make room for a new thing. None for a record that is too long: it is not counted."""
        payload = self._payload(record)
        if payload is None:
            return None
        with self._slots.lock:
            entry = Tallied(key, record, self._free_place())
            self._entries[key] = entry
            self._write(entry, payload)
        return entry

    def count(self, entry: Tallied, seconds: float) -> int:
        """Count once more, without a lock: two threads at the same moment may count as one."""
        if entry.made_room:
            return entry.calls
        entry.calls += 1
        entry.total_s += seconds
        entry.max_s = max(entry.max_s, seconds)
        _COUNTS.pack_into(
            self._slots.buffer,
            entry.start + NUMBER.size,
            entry.calls,
            entry.total_s,
            entry.max_s,
        )
        return entry.calls

    def rewrite(self, entry: Tallied, record: Mapping[str, Any]) -> None:
        """Say anew what a thing is; the counts stay. A record that is too long changes nothing."""
        payload = self._payload(record)
        with self._slots.lock:
            if payload is not None and self._entries.get(entry.key) is entry:
                entry.record = record
                self._write(entry, payload)

    def read(self) -> list[Counted]:
        """The things of all workers; those of two workers are two."""
        return [_counted(held) for _, held in self._slots.read()]

    def close(self) -> None:
        """Give the file back; what comes next begins another one."""
        self._entries.clear()
        self._slots.close()

    def _payload(self, record: Mapping[str, Any]) -> bytes | None:
        payload = json.dumps(record).encode()
        return payload if len(payload) <= self._record_bytes - _RECORD_AT else None

    def _free_place(self) -> int:
        if len(self._entries) < self._records:
            return len(self._entries) * self._record_bytes
        least = min(self._entries.values(), key=lambda entry: entry.total_s)
        del self._entries[least.key]
        least.made_room = True
        return least.start

    def _write(self, entry: Tallied, payload: bytes) -> None:
        buffer, start = self._slots.buffer, entry.start
        NUMBER.pack_into(buffer, start, 0)
        counts = (entry.calls, entry.total_s, entry.max_s)
        _COUNTS.pack_into(buffer, start + NUMBER.size, *counts)
        _LENGTH.pack_into(buffer, start + NUMBER.size + _COUNTS.size, len(payload))
        buffer[start + _RECORD_AT : start + _RECORD_AT + len(payload)] = payload
        NUMBER.pack_into(buffer, start, time.time_ns())


def _counted(held: bytes) -> Counted:
    calls, total_s, max_s = _COUNTS.unpack_from(held)
    (length,) = _LENGTH.unpack_from(held, _COUNTS.size)
    begin = _COUNTS.size + _LENGTH.size
    return Counted(json.loads(held[begin : begin + length]), calls, total_s, max_s)
