"""The threads as one load sees them: calls on its blog, all with the same deadline."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Generic, TypeVar

from blog_core.api import Site
from plugins.workflow.loading.pool import Pool, Task

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Awaited(Generic[T]):
    """A call under way and when its time is over."""

    task: Task[T]
    until_s: float
    limit_s: float

    def result(self) -> T:
        """What it gave. Raises `NotDone` at its deadline, or what the call raised."""
        return self.task.wait(self.until_s, limit_s=self.limit_s)


class Crew:
    """Submits calls of one load. Each runs in an app context of its own, outside any request."""

    def __init__(self, site: Site, pool: Pool, deadline_s: float) -> None:
        self._site, self._pool, self._limit_s = site, pool, deadline_s
        self._until_s = monotonic() + deadline_s

    def submit(
        self, name: str, call: Callable[[], T], *, timeout_s: float | None = None
    ) -> Awaited[T]:
        """Have `call` done by the pool; it may take `timeout_s`, and not longer than the load."""
        site = self._site

        def in_context() -> T:
            with site.activate():
                return call()

        limit_s = self._limit_s if timeout_s is None else min(timeout_s, self._limit_s)
        until_s = min(monotonic() + limit_s, self._until_s)
        return Awaited(self._pool.submit(name, in_context), until_s, limit_s)
