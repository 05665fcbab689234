"""Counts of several processes: summed while they live, kept when they are gone."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from blog_core.metrics import Metrics, MetricSpec
from blog_core.metrics.segment import FILE_BYTES, SUFFIX
from blog_core.metrics.workers import sum_segments

DONE = MetricSpec("blog_done_total", "counter", "Done")
OPEN = MetricSpec("blog_open", "gauge", "Open")
WORKER = """
import sys
from pathlib import Path
from blog_core.metrics import Metrics, MetricSpec
metrics = Metrics(Path(sys.argv[1]))
metrics.declare(MetricSpec("blog_done_total", "counter", ""), MetricSpec("blog_open", "gauge", ""))
metrics.share()
metrics.counter("blog_done_total").inc(float(sys.argv[2]))
metrics.gauge("blog_open").set(1)
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run" / "stats"


def start_worker(folder: Path, done: int) -> subprocess.Popen[str]:
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(folder), str(done)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    return worker


def end(worker: subprocess.Popen[str], how: int = signal.SIGKILL) -> None:
    worker.send_signal(how)
    worker.communicate()


def made(folder: Path) -> Metrics:
    metrics = Metrics(folder)
    metrics.declare(DONE, OPEN)
    return metrics


def test_a_reader_sums_living_workers_and_itself(folder: Path) -> None:
    workers = [start_worker(folder, 3), start_worker(folder, 4)]
    own = made(folder)
    own.counter("blog_done_total").inc(10)
    totals = own.sum_all()
    for worker in workers:
        end(worker)
    assert totals["blog_done_total"] == 17
    assert totals["blog_open"] == 2


def test_a_killed_workers_counts_stay_and_its_gauges_go(folder: Path) -> None:
    killed, living = start_worker(folder, 3), start_worker(folder, 4)
    end(killed)
    totals, again = sum_segments(folder), sum_segments(folder)
    end(living)
    assert totals["blog_done_total"] == again["blog_done_total"] == 7
    assert totals["blog_open"] == 1
    assert len(list(folder.glob(f"*{SUFFIX}"))) == 1


def test_many_generations_of_workers_leave_one_small_file(folder: Path) -> None:
    for generation in range(6):
        metrics = made(folder)
        metrics.share()
        metrics.counter("blog_done_total").inc(generation)
        metrics.close()
    assert len(list(folder.glob(f"*{SUFFIX}"))) == 1  # each takes over what the one before left
    assert sum_segments(folder)["blog_done_total"] == 15
    assert sorted(file.name for file in folder.iterdir()) == ["lock", "past"]


def test_a_fold_that_was_interrupted_counts_nothing_twice(folder: Path) -> None:
    metrics = made(folder)
    metrics.share()
    metrics.counter("blog_done_total").inc(5)
    segment = next(folder.glob(f"*{SUFFIX}"))
    content = segment.read_bytes()
    metrics.close()
    assert sum_segments(folder)["blog_done_total"] == 5
    segment.write_bytes(content)  # as if the process had died before it could delete the file
    assert sum_segments(folder)["blog_done_total"] == 5
    assert not segment.exists()


def test_a_forked_child_counts_for_itself(folder: Path) -> None:
    metrics = made(folder)
    metrics.share()
    counter = metrics.counter("blog_done_total")
    counter.inc(2)
    child = os.fork()
    if child == 0:
        counter.inc(100)
        os._exit(0 if counter.value == 100 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert counter.value == 2
    assert metrics.sum_all()["blog_done_total"] == 102


def test_a_damaged_or_foreign_file_is_passed_over(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / f"short{SUFFIX}").write_bytes(b"blogseg1")
    (folder / f"other{SUFFIX}").write_bytes(bytes(FILE_BYTES))
    assert sum_segments(folder) == {}


def test_a_folder_that_cannot_be_written_costs_only_the_sharing(tmp_path: Path) -> None:
    (tmp_path / "stats").write_text("a file, not a folder")
    metrics = Metrics(tmp_path / "stats" / "below")
    metrics.declare(DONE)
    metrics.share()
    metrics.counter("blog_done_total").inc()
    assert metrics.sum_all()["blog_done_total"] == 1


def test_segments_take_constant_space_on_disk(folder: Path) -> None:
    metrics = made(folder)
    metrics.share()
    counter = metrics.counter("blog_done_total")
    for _ in range(100_000):
        counter.inc()
    assert [file.stat().st_size for file in folder.glob(f"*{SUFFIX}")] == [FILE_BYTES]
    metrics.close()
