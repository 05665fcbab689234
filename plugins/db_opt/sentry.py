"""Notices that PostgreSQL is frozen, and that it is back.

A server that hangs without closing its connections says nothing, and its own time limits do not
run. So a thread looks at the connections that are lent out. When one has been busy for half a
second it opens a connection of its own; if that is not answered either, the server hangs: everybody
who waits is cut off at once, and nobody tries again until it answers. Background work is not cut
off: nobody sits before it, and a server that only gasps for a second must not cost it an hour.
"""

import os
import socket
import threading
import weakref
from collections.abc import Sequence
from contextlib import suppress
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

from blog_core.api import in_background
from plugins.db_opt.breaker import Breaker
from plugins.db_opt.held import Holds, holder_of, holders
from plugins.db_opt.ledger import BORROWING
from plugins.db_opt.locks import WAITING, Blocked
from plugins.db_opt.waits import Waits

if TYPE_CHECKING:
    from blog_core.api import Metrics

LOOK_EVERY_S = 0.25
SUSPECT_AFTER_S = 0.5
ANSWER_WITHIN_S = 1.0
ASK_EVERY_S = 1.0
_ACTIVE = 1  # libpq's PQTRANS_ACTIVE: a statement was sent and is not answered
_POLL_READ, _POLL_WRITE = 1, 2


class Sentry:
    """The watch over one engine's connections. Its thread ends with it."""

    def __init__(
        self,
        engine: Engine,
        breaker: Breaker,
        waits: Waits,
        metrics: "Metrics",
        application_name: str,
    ) -> None:
        self._engine, self._breaker = weakref.ref(engine), breaker
        self._waits, self._metrics, self._holds = waits, metrics, Holds(metrics)
        self._told: set[tuple[int, int]] = set()
        self._driver: Any = engine.dialect.loaded_dbapi
        self._arguments, options = engine.dialect.create_connect_args(engine.url)
        self._options = {**options, "application_name": application_name}
        self._busy_since: dict[Any, float] = {}
        self._lent: dict[Any, Any] = {}
        self._patient: set[Any] = set()
        self._asked_at = 0.0
        self._pid = 0
        # Before the other listeners: one of them asks rested connections whether they live.
        event.listen(engine, "checkout", self._lend)
        event.listen(engine, "checkin", self._take)

    def start(self) -> None:
        """See that the thread runs, also in a process that was forked since."""
        if self._pid == os.getpid():
            return
        self._pid = os.getpid()
        self._lent, self._busy_since, self._patient = {}, {}, set()
        threading.Thread(
            target=_keep_watch, args=(weakref.ref(self),), name="blog-sentry", daemon=True
        ).start()

    def _lend(self, driver: Any, entry: Any, _connection: Any) -> None:
        self._lent[entry] = driver
        if in_background():
            self._patient.add(entry)

    def _take(self, _driver: Any, entry: Any) -> None:
        self._lent.pop(entry, None)
        self._patient.discard(entry)

    def look(self) -> None:
        """Ask the server when there is reason to, at most once a second."""
        self._holds.note(dict(self._lent))
        is_away = self._breaker.is_open
        reason = is_away or self._has_suspects()
        if not reason or monotonic() - self._asked_at < ASK_EVERY_S:
            return
        self._asked_at = monotonic()
        fault = self._ask()
        if not fault:
            self._breaker.succeeded()
        elif not is_away:
            self._breaker.failed(fault, is_certain=True)
            self._cut()

    def _has_suspects(self) -> bool:
        """Whether a connection waits for an answer for longer than statements usually take."""
        now, busy = monotonic(), {}
        for entry, driver in list(self._lent.items()):
            if _is_waiting(driver):
                busy[entry] = self._busy_since.get(entry, now)
        self._busy_since = busy
        return any(now - since >= SUSPECT_AFTER_S for since in busy.values())

    def _ask(self) -> str:
        """Open a connection and close it; what went wrong, or nothing."""
        try:
            asked = self._driver.connect(*self._arguments, **self._options, async_=1)
            try:
                return self._asked(asked, monotonic() + ANSWER_WITHIN_S)
            finally:
                asked.close()
        except self._driver.Error as error:
            return str(error)

    def _asked(self, asked: Any, deadline: float) -> str:
        """Whether it answers; and if somebody waits, who for whom."""
        fault = _settled(asked, deadline)
        if fault or not self._busy_since:
            return fault
        with asked.cursor() as cursor:
            cursor.execute(WAITING)
            fault = _settled(asked, deadline)
            if not fault:
                self._tell_waits(cursor.fetchall())
        return fault

    def _tell_waits(self, rows: Sequence[Sequence[Any]]) -> None:
        """Note the waits of this process, each once."""
        waiting = {driver.info.backend_pid: entry for entry, driver in dict(self._lent).items()}
        holding = holders(self._metrics) if rows else {}
        told = set()
        for blocked in (Blocked.of(row, holding) for row in rows):
            pair = blocked.waiter_pid, blocked.blocker_pid
            entry = waiting.get(blocked.waiter_pid)
            if entry is not None:
                told.add(pair)
                if pair not in self._told:
                    self._waits.blocked(blocked, holder_of(entry.info.get(BORROWING)))
        self._told = told

    def _cut(self) -> None:
        """End what waits, and have nothing reused that was opened before."""
        for entry, driver in list(self._lent.items()):
            if entry not in self._patient and _is_waiting(driver):
                _shut(driver)
        engine = self._engine()
        if engine is not None:
            engine.dispose()


def _is_waiting(driver: Any) -> bool:
    return not driver.closed and driver.get_transaction_status() == _ACTIVE


def _settled(asked: Any, deadline: float) -> str:
    """Wait until an asynchronous connection is there; why it is not, or nothing."""
    with DefaultSelector() as selector:
        while (state := asked.poll()) != 0:
            wanted = EVENT_WRITE if state == _POLL_WRITE else EVENT_READ
            key = selector.register(asked.fileno(), wanted)
            ready = selector.select(max(0.0, deadline - monotonic()))
            selector.unregister(key.fileobj)
            if not ready and monotonic() >= deadline:
                return f"no answer within {ANSWER_WITHIN_S:g} s"
    return ""


def _shut(driver: Any) -> None:
    """End the socket below a connection: whoever waits on it gets an error at once."""
    with suppress(OSError), socket.socket(fileno=os.dup(driver.fileno())) as wire:
        wire.shutdown(socket.SHUT_RDWR)


def _keep_watch(watch: "weakref.ref[Sentry]") -> None:
    pid = os.getpid()
    while (sentry := watch()) is not None and pid == os.getpid():
        sentry.look()
        del sentry
        sleep(LOOK_EVERY_S)
