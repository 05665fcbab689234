"""Watches every statement: its time, its route's budget, and whether one is sent again and again.

It runs for each statement of each request, so it takes no lock, and looks at the program's frames
only when there is something to tell.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter
from types import CodeType
from typing import TYPE_CHECKING, Any
from weakref import ref

from flask import Request, current_app, has_request_context, request
from sqlalchemy import Engine, event

from blog_core.api import BlogError
from plugins.db_opt.findings import Findings
from plugins.db_opt.observed import Observer, asks_catalogue, verb_of
from plugins.db_opt.places import told, way_here
from plugins.db_opt.waits import Waits

if TYPE_CHECKING:
    from flask import Flask

    from blog_core.api import Metrics, Route

REPEATED = 3
"""So many times from one line, and it is a loop that should be one statement."""
WHOLE_WAY = 40
_PLANS = 200
_VERBS = 5000

# BEGIN, COMMIT, PRAGMA, ROLLBACK, SAVEPOINT, RELEASE, SET: no statements of anybody's making.
_CONTROL = frozenset({"BEGI", "COMM", "PRAG", "ROLL", "SAVE", "RELE", "SET "})


class StatementBudgetPassed(BlogError):
    """A route sends more statements than it declares."""

    def __init__(self, route: str, budget: int, statement: str, where: str) -> None:
        super().__init__(
            f"The route {route!r} may send {budget} statement(s), and sends one more at {where}: "
            f"{' '.join(statement.split())[:300]}. Read it together with the others, or declare "
            f"more `statements` for the route."
        )


@dataclass(slots=True)
class _Work:
    """One request's statements so far."""

    route: str
    budget: int | None
    count: int = 0
    seen: dict[str, int] = field(default_factory=dict)
    lines: dict[tuple[str, CodeType | None, int], int] = field(default_factory=dict)


class Watch:
    """The watch of one blog. A passed budget is an error or a counted warning."""

    def __init__(
        self,
        app: "Flask",
        blog: str,
        findings: Findings,
        metrics: "Metrics",
        waits: Waits,
        *,
        slow_s: float,
    ) -> None:
        self._app, self._blog, self._key = ref(app), blog, f"blog.db_opt.{blog}"
        self._findings, self._slow_s = findings, slow_s
        self._seconds = metrics.histogram("blog_db_opt_statement_seconds")
        self._observer = Observer(metrics, findings)
        self._planned: set[str] = set()
        self._waits = waits
        self._budgets: dict[str, int | None] = {}
        self._verbs: dict[str, str] = {}

    def attach(self, engine: Engine) -> None:
        """Listen to an engine, and so to its copies with other options."""
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)

    def _before(
        self, _connection: Any, _cursor: Any, statement: str, _params: Any, context: Any, _many: Any
    ) -> None:
        work = None
        if (self._verbs.get(statement) or self._verb(statement)) not in _CONTROL:
            work = self._work()
            if work is not None:
                self._count(work, statement)
        if context is not None:
            context.db_opt_work = work
            context.db_opt_began = perf_counter()

    def _after(
        self, _connection: Any, cursor: Any, statement: str, params: Any, context: Any, many: bool
    ) -> None:
        if context is None:
            return  # a statement of SQLAlchemy's own, such as the next value of a sequence
        elapsed_s = perf_counter() - context.db_opt_began
        self._seconds.observe(elapsed_s)
        verb = self._verbs.get(statement) or self._verb(statement)
        if verb in _CONTROL:
            if verb == "BEGI":  # SQLite's, which waits for the one write lock
                self._waits.busy(elapsed_s)
            return
        work: _Work | None = context.db_opt_work
        route = work.route if work else ""
        self._observer.note(verb, statement, params, elapsed_s, route)
        if elapsed_s >= self._slow_s:
            plan = "" if many else self._plan(cursor, statement, params)
            self._findings.note(
                "slow",
                statement,
                route,
                way_here(WHOLE_WAY),
                ms=round(elapsed_s * 1000, 1),
                plan=plan,
            )

    def _verb(self, statement: str) -> str:
        """The first letters of a statement, looked up once for most of them."""
        verb = verb_of(statement) or "?"
        if len(self._verbs) < _VERBS:
            self._verbs[statement] = verb
        return verb

    def _work(self) -> _Work | None:
        """What this request has sent so far; None outside requests of the app."""
        if not has_request_context():
            return None
        # The request itself: each access through Flask's stand-in costs as much as the rest here.
        asked: Request = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
        work: _Work | None = asked.environ.get(self._key)
        if work is None and current_app == self._app():
            endpoint = asked.endpoint or ""
            if endpoint not in self._budgets:
                self._budgets[endpoint] = self._budget_of(endpoint)
            work = asked.environ[self._key] = _Work(endpoint, self._budgets[endpoint])
        return work

    def _budget_of(self, endpoint: str) -> int | None:
        site = current_app.extensions["blog"].get(self._blog)
        blog, _, name = endpoint.partition(".")
        route: Route | None = site.routes.get(name) if site and blog == self._blog else None
        return route.statements if route else None

    def _count(self, work: _Work, statement: str) -> None:
        work.count += 1
        times = work.seen[statement] = work.seen.get(statement, 0) + 1
        if times > 1:
            self._look_for_loop(work, statement)
        if work.budget is not None and work.count == work.budget + 1:
            way = way_here(WHOLE_WAY)
            self._findings.note("over_budget", statement, work.route, way, times=work.count)
            if self._findings.strict:
                raise StatementBudgetPassed(work.route, work.budget, statement, told(way))

    def _look_for_loop(self, work: _Work, statement: str) -> None:
        if asks_catalogue(statement):
            return
        way = way_here(WHOLE_WAY)
        line = (statement, way[0].code, way[0].line) if way else (statement, None, 0)
        again = work.lines[line] = work.lines.get(line, 0) + 1
        if again == REPEATED - 1:  # the first time is not among them: nobody looked
            times = work.seen[statement]
            self._findings.note("repeated", statement, work.route, way, times=times)

    def _plan(self, cursor: Any, statement: str, params: Any) -> str:
        """How the database runs it, once for each statement; empty where asking could do harm."""
        if statement in self._planned or len(self._planned) >= _PLANS:
            return ""
        if not statement.lstrip()[:6].upper().startswith(("SELECT", "WITH")):
            return ""
        self._planned.add(statement)
        driver = cursor.connection
        is_postgres = hasattr(driver, "autocommit") and hasattr(driver, "get_dsn_parameters")
        if is_postgres and not driver.autocommit:
            return ""  # a failure would end the transaction that the statement belongs to
        explain = "EXPLAIN " if is_postgres else "EXPLAIN QUERY PLAN "
        with suppress(Exception):
            asking = driver.cursor()
            asking.execute(explain + statement, params)
            lines = [str(row[-1]) for row in asking.fetchall()]
            asking.close()
            return "\n".join(lines)
        return ""
