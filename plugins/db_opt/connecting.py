"""Opens connections to PostgreSQL: not while it is away, and with a deadline that holds.

The driver's own limit counts whole seconds from two upwards, and leaves out the look-up of the
server's name. So a thread of its own opens the connection, and whoever wants it stops waiting.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from sqlalchemy import Dialect, Engine, event

from blog_core.api import DatabaseAway
from plugins.db_opt.breaker import Breaker
from plugins.db_opt.sessions import Sessions

CONNECT_WITHIN_S = 1.5


def open_with_care(
    engine: Engine, breaker: Breaker, sessions: Sessions, *, before: Callable[[], None]
) -> None:
    """Open every connection of `engine` like this. `before` is called first, each time."""

    def connect(dialect: Dialect, _record: Any, args: Any, options: dict[str, Any]) -> Any:
        before()
        breaker.check()
        options |= sessions.arguments()
        opening = _opened_by_a_thread(lambda: dialect.connect(*args, **options))
        try:
            connection = opening.result(CONNECT_WITHIN_S)
        except TimeoutError:
            opening.add_done_callback(_close_late)
            reason = f"no answer within {CONNECT_WITHIN_S:g} s"
            breaker.failed(reason, is_certain=True)
            raise DatabaseAway(reason) from None
        except dialect.loaded_dbapi.Error as error:
            breaker.failed(str(error))
            raise
        breaker.succeeded()
        return connection

    event.listen(engine, "do_connect", connect)


def _opened_by_a_thread(connect: Callable[[], Any]) -> "Future[Any]":
    opening: Future[Any] = Future()

    def work() -> None:
        try:
            opening.set_result(connect())
        except BaseException as error:  # noqa: BLE001  it is raised where somebody waits for it
            opening.set_exception(error)

    threading.Thread(target=work, name="blog-connect", daemon=True).start()
    return opening


def _close_late(opening: "Future[Any]") -> None:
    with suppress(Exception):
        opening.result().close()
