"""Tallies: many things counted in constant space, over workers, the dearest kept."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from blog_core.metrics import Metrics, Tally


def count(tally: Tally, name: str, seconds: float = 0.5, **more: Any) -> None:
    entry = tally.entry(name) or tally.begin(name, {"name": name, **more})
    if entry is not None:
        tally.count(entry, seconds)


def counts(tally: Tally) -> Mapping[str, int]:
    return {counted.record["name"]: counted.calls for counted in tally.read()}


def test_calls_time_and_the_longest_are_kept(tmp_path: Path) -> None:
    tally = Metrics(tmp_path).tally("statements")
    for seconds in (1.0, 3.0, 2.0):
        count(tally, "a", seconds)
    (counted,) = tally.read()
    assert (counted.calls, counted.total_s, counted.max_s) == (3, 6.0, 3.0)


def test_when_all_places_are_taken_the_cheapest_makes_room(tmp_path: Path) -> None:
    tally = Tally("statements", tmp_path, records=3)
    for name, seconds in (("dear", 9.0), ("cheap", 0.1), ("middling", 1.0), ("new", 0.2)):
        count(tally, name, seconds)
    count(tally, "dear")
    assert counts(tally) == {"dear": 2, "middling": 1, "new": 1}
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) == 3 * 4096


def test_the_counts_of_other_workers_and_of_closed_ones_are_read(tmp_path: Path) -> None:
    first, second = Tally("statements", tmp_path), Tally("statements", tmp_path)
    count(first, "a")
    count(second, "a")
    first.close()
    assert [counted.calls for counted in second.read()] == [1, 1]
    assert Metrics(tmp_path).tally("other").read() == []


def test_a_record_that_is_said_anew_keeps_its_counts() -> None:
    tally = Metrics().tally("statements")
    count(tally, "a")
    entry = tally.entry("a")
    assert entry is not None
    tally.rewrite(entry, {"name": "b"})
    tally.rewrite(entry, {"name": "x" * 5000})
    assert counts(tally) == {"b": 1}


def test_a_record_that_is_too_long_is_left_out() -> None:
    tally = Metrics().tally("statements", record_bytes=256)
    count(tally, "a" * 300)
    assert tally.read() == []


def test_a_forked_child_counts_for_itself(tmp_path: Path) -> None:
    tally = Tally("statements", tmp_path)
    count(tally, "a")
    child = os.fork()
    if child == 0:
        count(tally, "a")
        os._exit(0)
    os.waitpid(child, 0)
    count(tally, "a")
    assert sorted(counted.calls for counted in tally.read()) == [1, 2]
