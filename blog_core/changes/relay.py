"""Hears of writes by other programs, at most half a second after their commit.

Whoever checks a stamp asks first whether it is time to look (`Stamps.watch`), so no cache entry is
ever trusted on the strength of stamps that nobody looked after. The first use of the stamps in a
process looks and waits for it: entries may have outlived the processes that wrote them. After that,
a look on SQLite costs a few microseconds and is done at once. On PostgreSQL it is a round trip, and
a database that hangs must not hold up a reader: there a thread looks, which an `Ear` wakes as soon
as somebody commits.
"""

import logging
import os
import threading
import weakref
from collections.abc import Callable
from time import monotonic
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from blog_core.background import background_work
from blog_core.changes.ear import Ear
from blog_core.changes.outbox import OutboxReader, Touched
from blog_core.changes.stamps import Stamps
from blog_core.model.database import reading

INTERVAL_S = 0.5
_DUE_MS = 2
"""The note with the time of the next look, by the clock that all processes of a host share."""

log = logging.getLogger("blog.changes")


class Relay:
    """Looks into the outbox for one blog in this process; the processes of a host take turns."""

    def __init__(
        self,
        engine: Engine,
        stamps: Stamps,
        outbox: OutboxReader,
        announce: Callable[[Touched], None],
        ear: Ear | None = None,
    ) -> None:
        self._ear = ear
        self._engine, self._stamps, self._outbox = engine, stamps, outbox
        self._announce = announce
        self._eye = _DataVersion(engine) if engine.dialect.name == "sqlite" else None
        self._errors = (SQLAlchemyError, engine.dialect.loaded_dbapi.Error)
        self._closed = threading.Event()
        self._pid = 0
        self._adopt_process()
        self.fault = ""
        stamps.watch(self.look)

    def _adopt_process(self) -> None:
        """Threads and held locks do not survive a fork."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            self._busy = threading.Lock()
            self._has_thread = self._has_looked = False

    @property
    def due(self) -> float:
        """When to look next, on the clock of `time.monotonic`; in the past if it was long ago."""
        due, now = self._stamps.notes[_DUE_MS] / 1000, monotonic()
        return due if due <= now + INTERVAL_S else now

    def look(self) -> float:
        """Look if it is time; when to call again. Only the first look is ever waited for."""
        self._adopt_process()
        if not self._has_looked:
            self._look_first()
        if self._eye is None:
            self._start_thread()
            return monotonic() + INTERVAL_S
        if self.due <= monotonic() and self._busy.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._busy.release()
        return max(self.due, monotonic())

    def _look_first(self) -> None:
        with self._busy:
            if not self._has_looked:
                self._look()
                self._has_looked = True

    def look_now(self) -> None:
        """Look whether it is time or not, after any other thread that looks."""
        with self._busy:
            self._look()

    def close(self) -> None:
        """Stop looking."""
        self._closed.set()
        self._stamps.watch(None)
        if self._eye is not None:
            self._eye.close()

    def _look(self) -> None:
        # First the time, then the look: who hangs here does not keep other processes from it.
        self._stamps.notes[_DUE_MS] = int((monotonic() + INTERVAL_S) * 1000)
        self._stamps.reopen_if_replaced()
        try:
            touched = self._eye.news(self._outbox) if self._eye else self._ask()
        except self._errors as error:
            self._failed(error)
            return
        self.fault = ""
        if touched is not None:
            self._announce(touched)

    def _ask(self) -> Touched:
        with background_work(), reading(self._engine) as connection:
            return self._outbox.news(connection.connection)

    def deafened(self, error: Exception) -> None:
        """Note why the ear does not hear. Raises what is no error of the database."""
        if not isinstance(error, self._errors):
            raise error
        self._failed(error)

    def _failed(self, error: Exception) -> None:
        reason = str(error).strip().split("\n", 1)[0]
        if not self.fault:
            log.warning("Writes by other programs are not heard of: %s", reason)
        self.fault = reason

    def lost_thread(self) -> None:
        """Note that the thread ends by an error of whoever was told."""
        self._has_thread = False

    def _start_thread(self) -> None:
        if self._has_thread or self._closed.is_set():
            return
        self._has_thread = True
        thread = threading.Thread(
            target=_keep_looking,
            args=(weakref.ref(self), self._closed, self._ear),
            name="blog-relay",
            daemon=True,
        )
        thread.start()


def _keep_looking(relay: "weakref.ref[Relay]", closed: threading.Event, ear: Ear | None) -> None:
    """Look whenever it is due, and as soon as the ear hears of a commit."""
    heard = False
    while not closed.is_set():
        looking = relay()
        if looking is None:
            break
        try:
            if heard or looking.due <= monotonic():
                looking.look_now()
            wait_s = max(0.05, looking.due - monotonic())
            # While this waits it holds nothing of the blog, so that the blog can go.
            del looking
            heard = _hear(relay, closed, ear, wait_s)
        except BaseException:
            alive = relay()
            if alive is not None:
                alive.lost_thread()  # the next use of the stamps starts another one
            raise
    if ear is not None:
        ear.close()


def _hear(
    relay: "weakref.ref[Relay]", closed: threading.Event, ear: Ear | None, wait_s: float
) -> bool:
    """Wait up to `wait_s` seconds, less when somebody commits; whether somebody did."""
    try:
        if ear is not None:
            return ear.wait(wait_s)
    except Exception as error:  # noqa: BLE001  the relay knows which ones are the database's
        looking = relay()
        if looking is not None:
            looking.deafened(error)
    closed.wait(wait_s)
    return False


class _DataVersion:
    """SQLite's own word on whether another connection has committed anything: 6 us a question."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Any = None
        self._left_to_parent: list[Any] = []
        self._pid = 0
        self._version: int | None = None

    def news(self, outbox: OutboxReader) -> Touched | None:
        """What is new in the outbox; None when nothing was committed since the last time."""
        if self._connection is None or self._pid != os.getpid():
            self._connect()
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version == self._version:
            return None
        touched = outbox.news(self._connection)
        self._version = version
        return touched

    def _connect(self) -> None:
        dialect = self._engine.dialect
        arguments, options = dialect.create_connect_args(self._engine.url)
        options.update(check_same_thread=False, isolation_level=None, timeout=0.05)
        # SQLite forbids to use or close a connection in a process that was forked later.
        self._left_to_parent.append(self._connection)
        self._connection = dialect.loaded_dbapi.connect(*arguments, **options)
        self._version, self._pid = None, os.getpid()

    def close(self) -> None:
        """Close the connection, in the process that opened it."""
        if self._connection is not None and self._pid == os.getpid():
            self._connection.close()
        self._connection = None
