"""The engine of the blog, opened as `[db_opt]` says, and watched."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

from blog_core.api import schema_of
from plugins.db_opt.breaker import Breaker
from plugins.db_opt.connecting import open_with_care
from plugins.db_opt.executor import DbOptExecutor
from plugins.db_opt.findings import EXTENSION, Findings
from plugins.db_opt.freshness import leave_to_parent, ping_after_rest
from plugins.db_opt.lazy_loads import watch_lazy_loads
from plugins.db_opt.leaks import LeakReports
from plugins.db_opt.ledger import Ledger
from plugins.db_opt.sentry import Sentry
from plugins.db_opt.server_limit import check_at_start
from plugins.db_opt.sessions import Sessions
from plugins.db_opt.settings import DbOptSettings
from plugins.db_opt.waits import Waits
from plugins.db_opt.watch import Watch
from plugins.db_opt.watched_pool import watched_pool

if TYPE_CHECKING:
    from blog_core.api import Metrics, Setup


def open_executor(setup: "Setup") -> DbOptExecutor:
    """The query port on a pool of the size and patience that the settings name."""
    settings = setup.section(DbOptSettings)
    lent = setup.metrics.gauge("blog_db_opt_connections_out")
    ledger = Ledger(setup.app, LeakReports(setup.metrics, setup.logger), lent)
    pool = watched_pool(setup.metrics, size_in_background=settings.background_pool_size)
    engine = setup.open_engine(poolclass=pool, **settings.pool_options())
    waits = Waits(setup.metrics, busy_s=settings.busy_s)
    waits.attach(engine)
    if schema_of(engine) is None:  # else it is the host app's, which looks after its connections
        _look_after(engine, setup, settings, waits)
    _count_connections(engine, setup.metrics)
    ledger.watch(engine)
    watch = Watch(
        setup.app,
        setup.blog,
        _findings(setup, settings),
        setup.metrics,
        waits,
        slow_s=settings.slow_s,
    )
    watch.attach(engine)
    watch_lazy_loads()
    return DbOptExecutor(engine, ledger)


def _look_after(engine: Engine, setup: "Setup", settings: DbOptSettings, waits: Waits) -> None:
    leave_to_parent(engine)
    possible = settings.pool_size + settings.background_pool_size
    check_at_start(engine, setup.metrics, setup.logger, possible=possible)
    if engine.dialect.name == "sqlite":
        return
    breaker = Breaker(setup.metrics, setup.logger)
    sentry = Sentry(engine, breaker, waits, setup.metrics, f"{setup.blog}/sentry")
    sessions = Sessions(setup.blog, settings, str(engine.url.query.get("options", "")))
    open_with_care(engine, breaker, sessions, before=sentry.start)
    sessions.hurry_writes(engine)
    # Before the ledger: a dead connection is replaced before anybody books it as lent.
    ping_after_rest(engine, settings.ping_after_s)


def _findings(setup: "Setup", settings: DbOptSettings) -> Findings:
    usual = "error" if setup.core.environment == "test" else "warning"
    strict = (settings.budget or usual) == "error"
    findings = Findings(setup.metrics, setup.logger, setup.blog, strict=strict)
    setup.app.extensions.setdefault(EXTENSION, {})[setup.blog] = findings
    return findings


def _count_connections(engine: Engine, metrics: "Metrics") -> None:
    opened = metrics.counter("blog_db_opt_connections_opened_total")
    is_open = metrics.gauge("blog_db_opt_connections_open")

    def connected(*_: Any) -> None:
        opened.inc()
        is_open.add(1)

    event.listen(engine, "connect", connected)
    event.listen(engine, "close", lambda *_: is_open.add(-1))
    event.listen(engine, "close_detached", lambda *_: is_open.add(-1))
