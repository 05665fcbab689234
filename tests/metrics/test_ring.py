"""Rings of records: bounded, read by all, whole or not at all."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Thread

from blog_core.metrics import Metrics, Ring

WORKER = """
import sys
from pathlib import Path
from blog_core.metrics import Metrics
Metrics(Path(sys.argv[1])).ring("slow").append({"sql": sys.argv[2]})
print("ready", flush=True)
sys.stdin.read()
"""


def texts(ring: Ring) -> list[str]:
    return [record["sql"] for record in ring.read()]


def test_the_newest_records_come_first_and_the_oldest_go(tmp_path: Path) -> None:
    ring = Metrics(tmp_path).ring("slow", records=3)
    for number in range(5):
        ring.append({"sql": f"SELECT {number}"})
    assert texts(ring) == ["SELECT 4", "SELECT 3", "SELECT 2"]
    assert {record["at"] > 0 for record in ring.read()} == {True}


def test_records_of_living_and_of_killed_workers_are_read(tmp_path: Path) -> None:
    for sql in ("one", "two"):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(tmp_path), sql],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
    ring = Metrics(tmp_path).ring("slow")
    ring.append({"sql": "three"})
    assert texts(ring) == ["three", "two", "one"]
    assert texts(Metrics(tmp_path).ring("other")) == []


def test_files_of_the_dead_do_not_pile_up(tmp_path: Path) -> None:
    for number in range(12):
        ring = Ring("slow", tmp_path)
        ring.append({"sql": str(number)})
        ring.close()
    assert len(list(tmp_path.iterdir())) <= 6


def test_without_a_folder_it_keeps_its_own_records() -> None:
    ring = Metrics().ring("slow")
    ring.append({"sql": "mine"})
    assert texts(ring) == ["mine"]


def test_a_long_text_is_cut_until_the_record_fits(tmp_path: Path) -> None:
    ring = Ring("slow", tmp_path, record_bytes=256)
    ring.append({"sql": "SELECT " + "x, " * 1000, "route": "home", "seconds": 0.5})
    (record,) = ring.read()
    assert record["sql"].startswith("SELECT x, ")
    assert record["sql"].endswith("…")
    assert (record["route"], record["seconds"]) == ("home", 0.5)


def test_a_forked_child_writes_its_own_file(tmp_path: Path) -> None:
    ring = Ring("slow", tmp_path)
    ring.append({"sql": "parent"})
    child = os.fork()
    if child == 0:
        ring.append({"sql": "child"})
        os._exit(0)
    os.waitpid(child, 0)
    ring.append({"sql": "parent again"})
    assert texts(ring) == ["parent again", "child", "parent"]


def test_readers_see_whole_records_while_threads_write(tmp_path: Path) -> None:
    ring = Ring("slow", tmp_path, records=4, record_bytes=512)

    def write(letter: str) -> None:
        for length in range(1, 300):
            ring.append({"sql": letter * length})

    writers = [Thread(target=write, args=(letter,)) for letter in "abc"]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert all(len(set(text)) == 1 for text in texts(ring))
    for writer in writers:
        writer.join()
