"""Connections that are still good: pinged after a rest, and never shared with a forked child."""

import os
from time import monotonic
from typing import Any
from weakref import WeakSet

from sqlalchemy import Engine, Pool, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

_KEY = "db_opt.resting_since"


def ping_after_rest(engine: Engine, rest_s: float) -> None:
    """Ask a connection whether it is alive when it lay in the pool longer than `rest_s`, or since
    before another one turned out to be dead.

    A ping at every checkout costs a round trip each time. To replace all connections when one is
    dead, as SQLAlchemy does, opens new ones in place of those that were well.
    """
    dialect = engine.dialect
    suspected_at = 0.0

    def suspect() -> None:
        nonlocal suspected_at
        suspected_at = monotonic()

    def failed(context: ExceptionContext) -> None:
        if context.is_disconnect:
            context.invalidate_pool_on_disconnect = False
            suspect()

    def checked_in(_driver: Any, entry: ConnectionPoolEntry) -> None:
        entry.info[_KEY] = monotonic()

    def checked_out(driver: Any, entry: ConnectionPoolEntry, _connection: Any) -> None:
        since = entry.info.get(_KEY)
        if since is None or (since > suspected_at and monotonic() - since < rest_s):
            return
        try:
            dialect.do_ping(driver)
        except Exception as error:
            suspect()
            raise DisconnectionError from error

    event.listen(engine, "handle_error", failed)
    event.listen(engine, "checkin", checked_in)
    event.listen(engine, "checkout", checked_out)


def leave_to_parent(engine: Engine) -> None:
    """After a fork the child begins with an empty pool; what the parent has open stays open."""
    _engines.add(engine)


_engines: "WeakSet[Engine]" = WeakSet()
_of_parents: list[Pool] = []
"""Kept for good: closing them here would end the parent's sessions, or drop its file locks."""


def _after_fork() -> None:
    for engine in list(_engines):
        _of_parents.append(engine.pool)
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_after_fork)
