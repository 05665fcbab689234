"""The database in the admin: what to do, slow and repeated statements, locks, leaks, sizes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response

from blog_core.api import NEVER, AdminPage, Route, Site, current_site, render_admin

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plugins.db_opt.findings import Finding
    from plugins.db_opt.sizes import Size

ADMIN_PAGE = AdminPage("Database", "db_opt_database", "see-internals")

SHOWN = 10
LARGE_SQLITE_BYTES = 256 * 1024 * 1024
"""Above this, measuring the tables of a SQLite file takes too long for a page."""


@dataclass(frozen=True, slots=True)
class SlowStatement:
    """One slow statement over all workers."""

    newest: "Finding"
    times: int
    total_ms: float
    most_ms: float


def database() -> Response:
    """All that is known about the database, of all workers of this host."""
    from plugins.db_opt.concerns import concerns
    from plugins.db_opt.findings import newest_by_place, read_findings
    from plugins.db_opt.index_report import compare_indexes
    from plugins.db_opt.leaks import recent_leaks
    from plugins.db_opt.locks import blocked_now
    from plugins.db_opt.pool_state import pool_state
    from plugins.db_opt.server_statements import HOW, server_statements
    from plugins.db_opt.waits import recent_waits

    site = current_site()
    findings, indexes = read_findings(site), compare_indexes(site)
    blocked, pool, measured = blocked_now(site), pool_state(site), _sizes(site)
    return render_admin(
        "db_opt/database.html",
        concerns=concerns(
            site,
            findings=findings,
            indexes=indexes,
            blocked=blocked,
            pool=pool,
            sizes=measured or (),
        ),
        pool=pool,
        slow=_slow(findings)[:SHOWN],
        noticed=newest_by_place(f for f in findings if f.kind != "slow")[:SHOWN],
        said=SAID,
        blocked=blocked,
        waits=recent_waits(site)[:SHOWN],
        leaks=recent_leaks(site)[:SHOWN],
        indexes=indexes,
        sizes=measured,
        server=server_statements(site, limit=SHOWN),
        how=HOW if site.ports.executor.engine.dialect.name == "postgresql" else "",
        instant=lambda at_s: datetime.fromtimestamp(at_s, UTC),
    )


SAID = {
    "plan_changed": "Its plan became worse",
    "repeated": "Sent again and again from one line",
    "over_budget": "More than its page may send",
    "lazy_load": "Loaded one by one",
}


def _slow(findings: "Iterable[Finding]") -> list[SlowStatement]:
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.kind == "slow":
            groups.setdefault(finding.statement, []).append(finding)
    found = [
        SlowStatement(group[0], len(group), sum(f.ms for f in group), max(f.ms for f in group))
        for group in groups.values()
    ]
    return sorted(found, key=lambda one: -one.total_ms)


def _sizes(site: Site) -> "Sequence[Size] | None":
    """None where measuring would take too long."""
    from plugins.db_opt.sizes import sizes

    url = site.ports.executor.engine.url
    if url.get_backend_name() == "sqlite":
        file = Path(url.database or "")
        if file.is_file() and file.stat().st_size > LARGE_SQLITE_BYTES:
            return None
    return sizes(site)


ROUTES = (
    Route(
        endpoint="db_opt_database",
        rule="/database",
        view=database,
        permission="see-internals",
        cache=NEVER,
    ),
)
