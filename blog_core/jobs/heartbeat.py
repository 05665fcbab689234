"""Keeps the lease of a job while the job runs, from a thread of its own."""

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from blog_core.background import background_work
from blog_core.errors import BlogError
from blog_core.jobs.leasing import LEASE

INTERVAL_S = LEASE.total_seconds() / 3

log = logging.getLogger("blog.jobs")


class Heartbeat:
    """Calls `keep` every twenty seconds inside the block, until it says that the lease is lost."""

    def __init__(self, keep: Callable[[], bool], interval_s: float = INTERVAL_S) -> None:
        self._keep, self._interval_s = keep, interval_s
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="blog-job-lease", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        with background_work():
            self._beat()

    def _beat(self) -> None:
        while not self._over.wait(self._interval_s):
            try:
                if not self._keep():
                    return
            except (BlogError, SQLAlchemyError) as error:
                log.warning("The lease of a job could not be made longer: %s", error)
