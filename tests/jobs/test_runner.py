"""The runner: elected, stopped cleanly, replaced when its process is killed."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from blog_core.file_lock import file_lock
from blog_core.jobs.heartbeat import Heartbeat
from blog_core.jobs.runner import Runner


@pytest.fixture
def lock(tmp_path):
    return tmp_path / "locks" / "jobs"


def wait_for(condition, within_s=20.0):
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)


def test_a_job_is_run_without_anybody_asking(site, done):
    site.jobs.start_runner()
    site.jobs.enqueue("test.note", {"number": 1})
    wait_for(lambda: done)
    assert site.jobs.stop_runner()


def test_only_the_elected_one_works(lock):
    calls = {"one": 0, "other": 0}

    def work(name):
        calls[name] += 1
        return 0

    one = Runner(lambda: work("one"), lock, poll_s=0.01, election_s=0.01)
    other = Runner(lambda: work("other"), lock, poll_s=0.01, election_s=0.01)
    one.start()
    wait_for(lambda: calls["one"])
    other.start()
    wait_for(lambda: calls["one"] > 20)
    assert calls["other"] == 0
    assert one.stop(5)
    wait_for(lambda: calls["other"])
    assert other.stop(5)


def test_stopping_waits_for_the_job_under_way(lock):
    begun, go_on = threading.Event(), threading.Event()

    def work():
        begun.set()
        go_on.wait(20)
        return 1

    runner = Runner(work, lock)
    runner.start()
    begun.wait(20)
    assert not runner.stop(0.05)
    go_on.set()
    assert runner.stop(20)


def test_a_runner_survives_a_database_that_is_away(lock, caplog):
    from blog_core.errors import Unavailable

    calls = []

    def work():
        calls.append(1)
        if len(calls) == 1:
            raise Unavailable("The database cannot be reached.")
        return 0

    runner = Runner(work, lock, poll_s=0.01)
    runner.start()
    wait_for(lambda: len(calls) > 2)
    assert runner.stop(5)
    assert "Jobs cannot be run at the moment: The database cannot be reached." in caplog.text


def test_a_killed_process_gives_the_lock_back(lock):
    hold = (
        "import sys, time; from pathlib import Path; from blog_core.file_lock import file_lock\n"
        "with file_lock(Path(sys.argv[1])):\n"
        "    print('held', flush=True); time.sleep(60)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", hold, str(lock)], stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"held\n"
    with file_lock(lock, wait=False) as is_mine:
        assert not is_mine
    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()
    with file_lock(lock, wait=False) as is_mine:
        assert is_mine


def test_a_killed_workers_job_is_done_by_the_next(site, config, clock, done, rows, tmp_path):
    mark = tmp_path / "begun"
    work = (
        "import sys, time; from pathlib import Path; from blog_core import create_app\n"
        "app = create_app({'database_url': sys.argv[1], 'data_dir': sys.argv[2]})\n"
        "jobs = app.extensions['blog']['blog'].jobs\n"
        "jobs.register('test.note', lambda *_: (Path(sys.argv[3]).touch(), time.sleep(60)))\n"
        "jobs.run_due()\n"
    )
    long_ago = clock.now.replace(year=2020)
    site.jobs.enqueue("test.note", {"number": 1}, due_at=long_ago)
    arguments = [str(config["database_url"]), str(config["data_dir"]), str(mark)]
    worker = subprocess.Popen([sys.executable, "-c", work, *arguments])
    wait_for(mark.exists, within_s=60)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    (row,) = rows("test.note")
    assert row["status"] == "running"
    clock.now = row["lease_until"]
    site.jobs.run_due()
    assert done == []
    clock.forward(seconds=1)
    site.jobs.run_due()
    assert done == [{"number": 1}]


def test_a_lease_is_kept_while_the_job_runs():
    kept = threading.Semaphore(0)

    def keep():
        kept.release()
        return True

    with Heartbeat(keep, interval_s=0.001):
        assert kept.acquire(timeout=20)
        assert kept.acquire(timeout=20)


def test_a_lost_lease_is_not_asked_for_again():
    asked = []
    with Heartbeat(lambda: bool(asked.append(1)), interval_s=0.001):
        wait_for(lambda: asked)
        time.sleep(0.02)  # twenty more chances
    assert asked == [1]
