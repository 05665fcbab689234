"""Sees every commit on an engine, whoever makes it: our transactions, the host's, Core, raw SQL.

What a transaction touched is read just before its commit, and announced just after it. SQLAlchemy
has events before a commit and none after it, so the dialect's public method `do_commit` is wrapped.
A connection borrowed from the driver goes past both; the relay hears of its writes.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from weakref import ref

from sqlalchemy import Connection, Engine, PoolProxiedConnection, event

from blog_core.changes.outbox import OutboxReader, Touched
from blog_core.changes.writing import begin_writing
from blog_core.model.database import schema_of

Commit = Callable[[PoolProxiedConnection], None]
_MARK = "blog_writing"


class Watch:
    """Calls `announce` with what was touched, after each commit and before its caller goes on."""

    def __init__(
        self, engine: Engine, outbox: OutboxReader, announce: Callable[[Touched], None]
    ) -> None:
        self._outbox, self._announce = outbox, announce
        self._wrap_commit(engine)
        event.listen(engine, "after_cursor_execute", self._after_statement)
        event.listen(engine, "rollback", self._rolled_back)
        event.listen(engine, "checkin", self._given_back)
        if schema_of(engine) is not None:
            # What a host app runs on its own engine: that one has the same dialect object.
            event.listen(engine, "do_execute", self._before_statement)
            event.listen(engine, "do_executemany", self._before_statement)

    def _wrap_commit(self, engine: Engine) -> None:
        commit: Commit = engine.dialect.do_commit
        # SQLAlchemy's caches keep a dialect for ever, and so must not keep a blog by it.
        watching = ref(self)

        def do_commit(connection: PoolProxiedConnection) -> None:
            watch = watching()
            if watch is not None and watch._outbox.has_written(connection):  # noqa: SLF001
                watch._commit(connection, commit)  # noqa: SLF001
            else:
                commit(connection)

        engine.dialect.do_commit = do_commit  # type: ignore[method-assign, assignment]

    def _commit(self, connection: PoolProxiedConnection, commit: Commit) -> None:
        touched = self._outbox.of_transaction(connection)
        try:
            commit(connection)
        except BaseException:
            # It may stand nevertheless, when only the answer was lost.
            self._announce(touched.unseen())
            raise
        finally:
            _over(connection.info)
        self._announce(touched)
        self._outbox.forget(connection)

    def _before_statement(
        self, _cursor: Any, statement: str, _parameters: object, context: Any
    ) -> None:
        # What SQLAlchemy asks a new server about comes on a bare connection, which has no `info`.
        with suppress(NotImplementedError):
            self._outbox.has_written(context.root_connection.connection, statement)

    def _after_statement(
        self, connection: Connection, cursor: Any, statement: str, *_details: object
    ) -> None:
        driver = connection.connection
        if not self._outbox.has_written(driver, statement):
            return
        if self._outbox.is_committed(driver, cursor):
            self._announce(self._outbox.news(driver))
            self._outbox.forget(driver)
        elif _MARK not in driver.info:
            driver.info[_MARK] = begin_writing()

    def _rolled_back(self, connection: Connection) -> None:
        if not connection.invalidated:  # one that was cut is over when it is given back
            _over(connection.connection.info)

    def _given_back(self, connection: Any, record: Any) -> None:
        _over(record.info)
        if connection is None or not self._outbox.has_written(record):
            return
        if self._outbox.commits_late:
            self._announce(self._outbox.news(connection))
        self._outbox.forget(record)


def _over(info: dict[Any, Any]) -> None:
    writing = info.pop(_MARK, None)
    if writing is not None:
        writing.is_open = False
