"""Hears at once of commits on PostgreSQL, also by other hosts: a connection that listens.

One process of a host has it; another one takes over when that ends. What is said while nobody
listens is not lost: the relay looks twice a second in any case.
"""

import os
from contextlib import ExitStack
from selectors import EVENT_READ, DefaultSelector
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Engine

from blog_core.changes.stamps import Stamps
from blog_core.file_lock import file_lock
from blog_core.model.triggers.postgres import channel

_CONNECT_TIMEOUT_S = 2
TRY_AGAIN_S = 2.0
"""A server that is away is not asked more often than this."""


class Ear:
    """Listens for one blog on PostgreSQL. Not for use from several threads at once."""

    def __init__(self, engine: Engine, schema: str | None, stamps: Stamps) -> None:
        # Not the engine: whoever waits here must not keep the blog that listens to it.
        self._connect_to = engine.dialect.loaded_dbapi.connect
        self._arguments, self._options = engine.dialect.create_connect_args(engine.url)
        self._options.setdefault("connect_timeout", _CONNECT_TIMEOUT_S)
        self._options.setdefault("application_name", "blog/ear")
        self._schema = schema
        self._lock_file = stamps.path.with_name("listener") if stamps.path else None
        self._connection: Any = None
        self._next_try = 0.0
        self._elected = ExitStack()
        self._pid = 0

    def wait(self, wait_s: float) -> bool:
        """Wait up to `wait_s` seconds; True as soon as there is something to look at.

        Raises the driver's errors; the next call begins anew.
        """
        if not self._listens():
            sleep(wait_s)
            return False
        try:
            if not self._is_spoken_to(wait_s):
                return False
            self._connection.poll()
            heard = bool(self._connection.notifies)
            self._connection.notifies.clear()
        except BaseException:
            self.close()
            raise
        return heard

    def _is_spoken_to(self, wait_s: float) -> bool:
        # A selector, since `select.select` fails in a process with more than 1,024 open files.
        with DefaultSelector() as selector:
            selector.register(self._connection, EVENT_READ)
            return bool(selector.select(wait_s))

    def close(self) -> None:
        """Stop listening, so that another process can."""
        connection, self._connection = self._connection, None
        self._elected.close()
        if connection is not None and self._pid == os.getpid():
            connection.close()

    def _listens(self) -> bool:
        if self._pid != os.getpid():
            # A connection and a lock from before a fork are the parent's.
            self._pid, self._connection, self._elected = os.getpid(), None, ExitStack()
        if self._connection is None and self._next_try <= monotonic() and self._is_elected():
            self._next_try = monotonic() + TRY_AGAIN_S
            self._connect()
            self._next_try = 0.0
        return self._connection is not None

    def _is_elected(self) -> bool:
        if self._lock_file is None:
            return True
        self._elected.close()
        return self._elected.enter_context(file_lock(self._lock_file, wait=False))

    def _connect(self) -> None:
        connection = self._connect_to(*self._arguments, **self._options)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(%s, current_schema())", (self._schema,))
            cursor.execute(f"LISTEN {channel(cursor.fetchone()[0])}")
        self._connection = connection
