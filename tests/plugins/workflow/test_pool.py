"""The pool is bounded, waits for nobody beyond a deadline, and goes on when calls hang."""

import os
import threading
from collections.abc import Callable, Iterator
from time import monotonic

import pytest

from plugins.workflow.loading.pool import NestedLoading, NotDone, Pool, Task

SOON_S = 20.0
"""A deadline that is only reached when something is wrong."""


class Gate:
    """Calls that wait until the test opens the gate."""

    def __init__(self) -> None:
        self.opened, self.entered = threading.Event(), threading.Semaphore(0)

    def wait(self) -> str:
        self.entered.release()
        assert self.opened.wait(SOON_S)
        return "through"


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.opened.set()


def result(task: Task[str], *, within_s: float = SOON_S) -> str:
    return task.wait(monotonic() + within_s, limit_s=within_s)


def hang(pool: Pool, gate: Gate, name: str) -> Task[str]:
    """A call of which nobody waits any longer."""
    task = pool.submit(name, gate.wait)
    assert gate.entered.acquire(timeout=SOON_S)
    with pytest.raises(NotDone, match="it took longer than 0 s"):
        task.wait(monotonic(), limit_s=0)
    return task


def test_calls_are_done_and_what_they_raise_is_raised():
    pool = Pool(2, 10)
    tasks = [pool.submit(f"part{n}", lambda n=n: str(n)) for n in range(9)]
    assert [result(task) for task in tasks] == [str(n) for n in range(9)]

    def fail() -> str:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        result(pool.submit("bad", fail))


def test_no_more_threads_than_workers_and_no_more_calls_than_places(gate: Gate):
    pool = Pool(2, 1)
    before = threading.active_count()
    running = [pool.submit("slow", gate.wait) for _ in range(2)]
    assert all(gate.entered.acquire(timeout=SOON_S) for _ in running)
    waiting = [pool.submit("slow", gate.wait) for _ in range(3)]
    assert threading.active_count() == before + 2
    with pytest.raises(NotDone, match="too many parts of stages are being loaded"):
        result(pool.submit("more", gate.wait))
    gate.opened.set()
    assert {result(task) for task in [*running, *waiting]} == {"through"}


def test_a_call_that_hangs_keeps_nobody_waiting_and_its_place_is_taken(gate: Gate):
    pool = Pool(1, 10)
    hang(pool, gate, "links")
    assert result(pool.submit("images", lambda: "done")) == "done"


def test_a_call_whose_last_one_hangs_is_refused_until_that_comes_back(gate: Gate):
    pool = Pool(1, 10)
    hang(pool, gate, "links")
    for _ in range(1_000):
        with pytest.raises(NotDone, match="its last call has not come back yet"):
            result(pool.submit("links", gate.wait))
    assert result(pool.submit("images", lambda: "done")) == "done"
    gate.opened.set()
    until(lambda: not pool.is_hanging("links"))
    assert result(pool.submit("links", lambda: "done")) == "done"


def until(condition: Callable[[], bool]) -> None:
    waited = threading.Event()
    for _ in range(2_000):
        if condition():
            return
        waited.wait(0.01)
    raise AssertionError("it did not come to pass")


def test_a_call_that_nobody_waits_for_any_more_is_not_begun(gate: Gate):
    pool = Pool(1, 10)
    first = pool.submit("first", gate.wait)
    assert gate.entered.acquire(timeout=SOON_S)
    begun: list[str] = []

    def begin() -> str:
        begun.append("second")
        return "done"

    second = pool.submit("second", begin)
    with pytest.raises(NotDone):
        second.wait(monotonic(), limit_s=0)
    gate.opened.set()
    assert result(first) == "through"
    assert result(pool.submit("third", lambda: "done")) == "done"
    assert begun == []


def test_a_call_may_not_submit_others():
    pool = Pool(1, 10)

    def nested() -> str:
        return result(pool.submit("inner", lambda: "never"))

    with pytest.raises(NestedLoading, match="Inside a check use get_stage_data"):
        result(pool.submit("outer", nested))


def test_a_fork_has_threads_of_its_own():
    pool = Pool(1, 10)
    assert result(pool.submit("parent", lambda: "done")) == "done"
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writer, result(pool.submit("child", lambda: "also done")).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        assert answer.read() == b"also done"
    os.waitpid(child, 0)


def test_idle_threads_end_and_others_come_when_they_are_needed():
    before = set(threading.enumerate())
    pool = Pool(2, 10, idle_s=0.01)
    assert result(pool.submit("part", lambda: "done")) == "done"
    until(lambda: not set(threading.enumerate()) - before)
    assert result(pool.submit("part", lambda: "again")) == "again"
