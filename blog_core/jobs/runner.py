"""The thread that runs jobs: in one process of a host, elected by a file lock."""

import atexit
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from blog_core.background import background_work
from blog_core.errors import BlogError
from blog_core.file_lock import file_lock

POLL_S = 1.0
ELECTION_S = 3.0
"""How long after the elected process has gone another one notices."""

log = logging.getLogger("blog.jobs")


class Runner:
    """Calls `run_due` again and again in a thread, while this process is the elected one."""

    def __init__(
        self,
        run_due: Callable[[], int],
        lock: Path,
        *,
        poll_s: float = POLL_S,
        election_s: float = ELECTION_S,
    ) -> None:
        self._run_due, self._lock = run_due, lock
        self._poll_s, self._election_s = poll_s, election_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="blog-jobs", daemon=True)

    @property
    def is_stopping(self) -> bool:
        """True once `stop` was called."""
        return self._stop.is_set()

    def start(self) -> None:
        """Start; the end of the process stops the runner after the job under way."""
        self._thread.start()
        atexit.register(self.stop, 10.0)

    def stop(self, within_s: float) -> bool:
        """Stop after the job under way; False when that takes longer."""
        self._stop.set()
        atexit.unregister(self.stop)
        if self._thread.is_alive():
            self._thread.join(within_s)
        return not self._thread.is_alive()

    def _work(self) -> None:
        with background_work():
            self._stand_for_election()

    def _stand_for_election(self) -> None:
        while not self._stop.is_set():
            with file_lock(self._lock, wait=False) as is_elected:
                if is_elected:
                    self._serve()
            self._stop.wait(self._election_s)

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                ran = self._run_due()
            except (BlogError, SQLAlchemyError) as error:
                log.warning("Jobs cannot be run at the moment: %s", error)
                ran = 0
            if not ran:
                self._stop.wait(self._poll_s)
