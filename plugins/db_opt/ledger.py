"""Which connections are out, who borrowed them, and taking back what was not given back.

Everything borrowed inside an app context (a request, a command, a job) belongs to it, everything
else to its thread. What is still out when that ends is a leak: rolled back, given back to the pool,
counted, and reported with the line that borrowed it.
"""

import sys
import threading
import weakref
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

from flask import current_app, g, has_app_context, has_request_context, request
from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from blog_core.api import schema_of
from plugins.db_opt.places import Trail, Way, trail_here, way_of

if TYPE_CHECKING:
    from flask import Flask

    from blog_core.api import Gauge

BORROWING = "db_opt.borrowing"


@dataclass(eq=False, slots=True)
class Borrowing:
    """One connection that is out."""

    connection: "weakref.ref[PoolProxiedConnection]"
    page: "Page"
    trail: Trail
    thread: str
    thread_id: int
    since: float

    @property
    def way(self) -> Way:
        """Where it was borrowed."""
        return way_of(self.trail)


@dataclass(eq=False, slots=True)
class Page:
    """What one context or thread has out; `route` is the request's."""

    route: str = ""
    out: set[Borrowing] = field(default_factory=set)


class Report(Protocol):
    """Told of each leak: what ended (a value of `LEAK_ENDS`) while the connection was out."""

    def __call__(self, borrowing: Borrowing, end: str) -> None: ...


class Ledger:
    """The borrowings of one engine's pool."""

    def __init__(self, app: "Flask", report: Report, lent: "Gauge") -> None:
        self._app, self._report, self._lent = weakref.ref(app), report, lent
        self._name = f"_db_opt_page_{id(self)}"
        self.here = _Thread()
        # Teardown functions run from last to first; sessions are closed by some of them, so the
        # one that looks for what is left stands first.
        app.teardown_appcontext_funcs.insert(0, self._end_context)

    def watch(self, engine: Engine) -> None:
        """Keep book of an engine. Of a host app's engine only what the blog itself borrows."""
        if schema_of(engine) is None:
            event.listen(engine, "checkout", self._lend)
        else:
            event.listen(engine, "engine_connect", self._lend_from_host)
        event.listen(engine, "checkin", self._give_back)
        event.listen(engine, "detach", self._give_back)

    def _lend(
        self, _driver: Any, _entry: ConnectionPoolEntry, connection: PoolProxiedConnection
    ) -> None:
        self._lent.add(1)
        if self.here.is_safe:
            return
        page = self._page()
        borrowing = Borrowing(
            connection=weakref.ref(connection),
            page=page,
            trail=trail_here(),
            thread=threading.current_thread().name,
            thread_id=threading.get_ident(),
            since=monotonic(),
        )
        connection.info[BORROWING] = borrowing
        page.out.add(borrowing)

    def _lend_from_host(self, connection: Connection) -> None:
        self._lend(None, None, connection.connection)  # type: ignore[arg-type]

    def _give_back(self, _driver: Any, entry: ConnectionPoolEntry) -> None:
        self._lent.add(-1)
        borrowing: Borrowing | None = entry.info.pop(BORROWING, None)
        if borrowing is None:
            return
        if borrowing not in borrowing.page.out:
            return  # it was taken back, and reported
        borrowing.page.out.discard(borrowing)
        if borrowing.connection() is None and not sys.is_finalizing():
            self._report(borrowing, "forgotten")

    def _page(self) -> Page:
        if has_app_context() and current_app == self._app():
            page: Page | None = g.get(self._name)
            if page is None:
                page = Page((request.endpoint or "") if has_request_context() else "")
                setattr(g, self._name, page)
            return page
        if self.here.end is None:
            self.here.end = _ThreadEnd(self)
        return self.here.end.page

    def _end_context(self, _error: BaseException | None = None) -> None:
        page: Page | None = g.get(self._name)
        if page is not None and page.out:
            self.settle(page, "context")

    def settle(self, page: Page, end: str) -> None:
        """Take back everything on a page, and report it."""
        while page.out:
            borrowing = page.out.pop()
            connection = borrowing.connection()
            if connection is not None and connection.is_valid:
                self._report(borrowing, end)
                _take_back(connection, borrowing.thread_id)


class _Thread(threading.local):
    """What the ledger knows of each thread. `is_safe` while the query port itself borrows."""

    is_safe = False
    end: "_ThreadEnd | None" = None


class _ThreadEnd:
    """Lies among a thread's own values: those are dropped when the thread ends."""

    def __init__(self, ledger: Ledger) -> None:
        self.page, self._ledger = Page(), ledger

    def __del__(self) -> None:
        if self.page.out and not sys.is_finalizing():
            self._ledger.settle(self.page, "thread")


def _take_back(connection: PoolProxiedConnection, borrower: int) -> None:
    """Into the pool, as new, when its borrower is at rest; else closed under its user."""
    driver: Any = connection.dbapi_connection
    with suppress(Exception):  # whatever goes wrong, the connection is closed below
        if borrower == threading.get_ident():
            driver.rollback()
            _forget_session(driver)
            connection.close()
            return
        stop = getattr(driver, "cancel", None) or driver.interrupt
        stop()
    with suppress(Exception):
        connection.invalidate()


def _forget_session(driver: Any) -> None:
    """Drop settings, locks and temporary tables of a PostgreSQL session."""
    if not hasattr(driver, "reset"):
        return
    driver.autocommit = True
    with driver.cursor() as cursor:
        cursor.execute("DISCARD ALL")
    driver.reset()
