"""One builder a key, across threads and processes, whoever dies."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier

import pytest

from plugins.cache.host_locks import HostLocks
from plugins.cache.leases import Leases
from plugins.cache.provider import BlogCache
from tests.plugins.cache.conftest import CacheMaker, Clock

TAGS = frozenset({"post:1"})


def never() -> bool:
    """Nobody else has built it."""
    return False


@pytest.fixture
def locks(tmp_path: Path) -> Callable[[], HostLocks]:
    """`locks()` opens the lock file as one more process would."""
    return lambda: HostLocks(tmp_path / "locks")


HOLD = """
import sys, time
from pathlib import Path
from plugins.cache.host_locks import HostLocks
HostLocks(Path(sys.argv[1])).try_lock(sys.argv[2])
print("held", flush=True)
time.sleep(60)
"""
FORK = """
import os, sys
from pathlib import Path
from plugins.cache.host_locks import HostLocks
locks = HostLocks(Path(sys.argv[1]))
assert locks.try_lock("key")
pid = os.fork()
if pid == 0:
    os._exit(3 if locks.try_lock("key") else 0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


@contextmanager
def holder(path: Path, key: str) -> Iterator[int]:
    """Another process that holds the lock of a key until it is killed; its pid."""
    command = [sys.executable, "-c", HOLD, str(path), key]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process.pid
        finally:
            process.kill()


def test_of_many_threads_one_builds_and_all_are_told(locks: Callable[[], HostLocks]) -> None:
    leases, start, states = Leases(locks()), Barrier(50), []

    def ask() -> None:
        start.wait()
        turn = leases.take("key", 10.0, never)
        if turn.state == "builds":
            time.sleep(0.05)
            leases.built(turn)
        leases.end(turn)
        states.append(turn.state)

    with ThreadPoolExecutor(50) as pool:
        for asked in [pool.submit(ask) for _ in range(50)]:
            asked.result()
    assert states.count("builds") >= 1
    assert states.count("in vain") == 0
    assert len(states) == 50


def test_nothing_is_left_when_all_are_done(locks: Callable[[], HostLocks]) -> None:
    leases = Leases(locks())
    for number in range(100):
        turn = leases.take(f"key {number % 3}", 0.0, never)
        if number % 2:
            leases.built(turn)
        leases.end(turn)
        leases.end(turn)
    assert len(leases) == 0


def test_when_the_builder_gives_up_one_of_the_waiting_is_next(
    locks: Callable[[], HostLocks],
) -> None:
    leases = Leases(locks())
    first = leases.take("key", 0.0, never)
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(leases.take, "key", 10.0, never) for _ in range(3)]
        time.sleep(0.05)
        leases.end(first)
        time.sleep(0.05)
        (second,) = [asked.result() for asked in waiting if asked.done()]
        assert second.state == "builds"
        leases.built(second)
        assert {asked.result().state for asked in waiting} == {"builds", "built"}
        leases.end(second)


def test_a_lock_keeps_another_process_out(locks: Callable[[], HostLocks]) -> None:
    ours, theirs = locks(), locks()
    assert ours.try_lock("key")
    assert not theirs.try_lock("key")
    assert theirs.try_lock("another key")
    ours.unlock("key")
    assert theirs.try_lock("key")


def test_a_wait_for_another_process_ends_with_its_value(locks: Callable[[], HostLocks]) -> None:
    theirs = locks()
    built: list[bool] = []
    assert theirs.try_lock("key")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(Leases(locks()).take, "key", 10.0, lambda: bool(built))
        time.sleep(0.05)
        assert not waiting.done()
        built.append(True)
        assert waiting.result(10).state == "built"


def test_a_killed_process_frees_its_lock(tmp_path: Path) -> None:
    path = tmp_path / "locks"
    leases = Leases(HostLocks(path))
    with holder(path, "key") as pid:
        vain = leases.take("key", 0.05, never)
        assert vain.state == "in vain"
        leases.end(vain)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(leases.take, "key", 30.0, never)
            time.sleep(0.05)
            os.kill(pid, signal.SIGKILL)
            assert waiting.result(10).state == "builds"


def test_a_forked_child_does_not_share_its_parents_locks(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", FORK, str(tmp_path / "locks")], check=True)


def test_another_process_finds_what_one_has_built(cache_of_process: CacheMaker) -> None:
    ours, theirs = cache_of_process(), cache_of_process()
    with ours.lease("key", 0.0) as lease:
        assert ours.put(lease, b"page", ttl_s=60, cache_tags=TAGS)
    entry = theirs.get("key")
    assert entry is not None
    assert (entry.value, entry.cache_tags) == (b"page", TAGS)
    ours.invalidate(TAGS)
    assert theirs.get("key") is None
    assert cache_of_process().get("key") is None


def test_a_reader_in_another_process_waits_for_the_builder(cache_of_process: CacheMaker) -> None:
    ours, theirs = cache_of_process(), cache_of_process()
    with ThreadPoolExecutor(1) as pool, ours.lease("key", 0.0) as lease:
        waiting = pool.submit(theirs.lease, "key", 10.0)
        time.sleep(0.05)
        assert not waiting.done()
        ours.put(lease, b"page", ttl_s=60, cache_tags=TAGS)
        assert not waiting.result(10).is_builder
    assert theirs.get("key") is not None


def stored_page(cache: BlogCache) -> str:
    key = "blog:blog:abcdef01:page:1"
    with cache.lease(key, 0.0) as lease:
        assert cache.put(lease, b"page", ttl_s=20, cache_tags=TAGS)
    return key


def test_while_one_refreshes_the_others_get_the_copy_that_ended_by_time(
    cache: BlogCache, clock: Clock
) -> None:
    key = stored_page(cache)
    clock.now_s += 21
    assert cache.get(key) is None
    with cache.lease(key, 0.0) as refreshing:
        assert refreshing.is_builder
        entry = cache.get(key)
        assert entry is not None
        assert entry.value == b"page"
        with cache.lease(key, 10.0) as late:
            assert not late.is_builder
        cache.invalidate(TAGS)
        assert cache.get(key) is None


def test_a_copy_is_too_old_to_be_served_after_a_minute(cache: BlogCache, clock: Clock) -> None:
    key = stored_page(cache)
    clock.now_s += 20 + 61
    with cache.lease(key, 0.0) as refreshing:
        assert refreshing.is_builder
        assert cache.get(key) is None
        assert refreshing.expired is not None


def test_a_copy_serves_in_an_outage_for_a_day_and_not_longer(
    cache: BlogCache, clock: Clock
) -> None:
    key = stored_page(cache)
    clock.now_s += 20 + 86_399
    assert cache.lease(key, 0.0).expired is not None
    clock.now_s += 2
    assert cache.lease(key, 0.0).expired is None
