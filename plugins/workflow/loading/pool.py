"""One bounded pool of threads for the parts of stages, with a deadline for whoever waits.

A thread cannot be killed. So a call that hangs keeps its thread, another thread takes its place,
and calls of the same name are refused until it comes back: neither the others nor the process wait
for it.
"""

import os
import threading
from collections import Counter, deque
from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

from blog_core.api import BlogError

T = TypeVar("T")
_IDLE_S = 5.0
_inside = threading.local()


class NestedLoading(BlogError):
    """A part of a stage asked for a whole stage: its thread would wait for threads like itself."""

    def __init__(self) -> None:
        super().__init__(
            "A check of a stage asked for a whole stage. Inside a check use get_stage_data(), "
            "get_stage_fields(), get_stage_history() or get_stage_status()."
        )


class NotDone(Exception):
    """A call that gave nothing: late, refused, or failed."""


class Task(Generic[T]):
    """A call in the pool, for the one who waits for it."""

    def __init__(self, pool: "Pool", name: str, call: Callable[[], T]) -> None:
        self._pool, self.name = pool, name
        self._call: Callable[[], T] | None = call
        self._ended = threading.Event()
        self._value: T | None = None
        self._error: BaseException | None = None
        self.is_running = self.is_abandoned = False

    def wait(self, until_s: float, *, limit_s: float) -> T:
        """What the call gave, or `NotDone` once `until_s` (on `monotonic`) has come.

        What the call raised is raised here. `limit_s` is what is told of the wait.
        """
        if not self._ended.wait(max(0.0, until_s - monotonic())) and self._pool.abandon(self):
            raise NotDone(f"it took longer than {limit_s:g} s")
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value]  # it has ended without an error

    def refuse(self, reason: str) -> None:
        """End before it began."""
        self._error, self._call = NotDone(reason), None
        self._ended.set()

    def run(self) -> None:
        """Do the call, in a thread of the pool."""
        call, self._call = self._call, None
        try:
            self._value = call() if call is not None else None
        except BaseException as error:  # noqa: BLE001  it is raised where somebody waits for it
            self._error = error

    @property
    def has_ended(self) -> bool:
        """Whether nobody has to wait any more."""
        return self._ended.is_set()

    def end(self) -> None:
        """Let go whoever waits."""
        self._ended.set()


class Pool:
    """`workers` threads and `waiting` places before them. Threads start when they are needed, in
    the process that needs them, and end when they are not."""

    def __init__(self, workers: int, waiting: int, *, idle_s: float = _IDLE_S) -> None:
        self.workers, self._waiting, self._idle_s = workers, waiting, idle_s
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._filled = threading.Condition(self._lock)
        self._queue: deque[Task[object]] = deque()
        self._threads = self._idle = 0
        self._hanging: Counter[str] = Counter()

    @property
    def is_inside(self) -> bool:
        """Whether this thread is one of a pool's."""
        return getattr(_inside, "is_inside", False)

    def is_hanging(self, name: str) -> bool:
        """Whether a call of this name is given up and has not come back."""
        with self._lock:
            return self._hanging[name] > 0

    def submit(self, name: str, call: Callable[[], T]) -> Task[T]:
        """Have the call done by a thread of the pool; never waits.

        Without a free place, or while an earlier call of this name hangs, the task has ended at
        once and says so. Raises `NestedLoading` in a thread of the pool.
        """
        if self.is_inside:
            raise NestedLoading
        if self._pid != os.getpid():  # a fork has none of its parent's threads
            self._begin_anew()
        task = Task(self, name, call)
        with self._lock:
            if self._hanging[name]:
                task.refuse("its last call has not come back yet")
            elif len(self._queue) >= self._waiting + self.workers:
                task.refuse("too many parts of stages are being loaded")
            else:
                self._queue.append(task)  # type: ignore[arg-type]  # its value is its own affair
                self._wake()
        return task

    def _wake(self) -> None:
        if self._idle >= len(self._queue):
            self._filled.notify()
        elif self._threads < self.workers:
            self._start()

    def _start(self) -> None:
        self._threads += 1
        threading.Thread(target=self._work, name="blog-workflow", daemon=True).start()

    def abandon(self, task: "Task[T]") -> bool:
        """Give up waiting; False when it has just ended after all."""
        with self._lock:
            if task.has_ended:
                return False
            task.is_abandoned = True
            if task.is_running:
                self._hanging[task.name] += 1
                # Its thread counts no more; another may take its place.
                self._threads -= 1
                if self._queue and not self._idle:
                    self._start()
            else:
                self._queue.remove(task)  # type: ignore[arg-type]
            return True

    def _work(self) -> None:
        _inside.is_inside = True
        while True:
            task = self._next()
            if task is None:
                return
            task.run()
            if not self._has_ended(task):
                return
            del task  # an idle thread keeps nothing alive

    def _next(self) -> "Task[object] | None":
        with self._lock:
            while not self._queue:
                self._idle += 1
                is_filled = self._filled.wait(self._idle_s)
                self._idle -= 1
                if not is_filled and not self._queue:
                    self._threads -= 1
                    return None
            task = self._queue.popleft()
            task.is_running = True
            return task

    def _has_ended(self, task: "Task[object]") -> bool:
        """Whether its thread goes on: one whose place was taken ends."""
        with self._lock:
            task.end()
            if not task.is_abandoned:
                return True
            self._hanging[task.name] -= 1
            return False
