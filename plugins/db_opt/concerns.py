"""What the database needs somebody to do, in plain words: the top of the admin's page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plugins.db_opt.breaker import outage_health
from plugins.db_opt.findings import Finding
from plugins.db_opt.index_report import IndexReport
from plugins.db_opt.leaks import leak_health
from plugins.db_opt.locks import Blocked
from plugins.db_opt.pool_state import PoolState
from plugins.db_opt.server_limit import limit_health
from plugins.db_opt.sizes import Size

if TYPE_CHECKING:
    from blog_core.api import Site


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing, and what to do about it."""

    what: str
    do: str


def concerns(
    site: "Site",
    *,
    findings: Sequence[Finding],
    indexes: IndexReport,
    blocked: Sequence[Blocked],
    pool: PoolState,
    sizes: Sequence[Size],
) -> Sequence[Concern]:
    """The most urgent first; empty when all is well."""
    return [
        *_ill(site),
        *_blocking(blocked),
        *_indexes(indexes),
        *_statements(findings),
        *_pool(pool),
        *_bloated(sizes),
    ]


def _ill(site: "Site") -> Iterator[Concern]:
    for health in (outage_health(site), leak_health(site), limit_health(site)):
        if health.status != "ok":
            what, _, do = health.text.partition(". ")
            yield Concern(f"{what.rstrip('.')}.", do)


def _blocking(blocked: Sequence[Blocked]) -> Iterator[Concern]:
    for one in blocked:
        yield Concern(
            f"A statement has waited {one.waited_s:.1f} s for process {one.blocker_pid}.",
            one.advice,
        )


def _indexes(report: IndexReport) -> Iterator[Concern]:
    if not report.is_complete:
        names = [declared.name for declared in report.missing]
        names += [declared.name for declared, _ in report.changed]
        names += [index.name for index in report.invalid]
        yield Concern(
            f"Indexes are missing, different or invalid: {', '.join(names)}.",
            "Run blog db indexes --apply: it builds them without keeping writers out.",
        )


def _statements(findings: Sequence[Finding]) -> Iterator[Concern]:
    if any(finding.kind == "plan_changed" for finding in findings):
        yield Concern(
            "A statement is answered by reading a whole table, which it was not before.",
            "See below which table. Run ANALYZE, and look at blog db indexes.",
        )
    slow = len({finding.statement for finding in findings if finding.kind == "slow"})
    if slow:
        yield Concern(
            f"{slow} statement(s) are slow.",
            "Run blog db advise: it says which index would help, or which rewrite.",
        )
    if any(finding.kind in {"repeated", "lazy_load"} for finding in findings):
        yield Concern(
            "A page sends one statement for each row.",
            "Tell the developer of the plugin named below: one statement can read them all.",
        )


def _bloated(sizes: Sequence[Size]) -> Iterator[Concern]:
    for size in sizes:
        if size.advice:
            yield Concern(f"The table {size.name} is larger than it must be.", size.advice)


def _pool(pool: PoolState) -> Iterator[Concern]:
    if pool.refused:
        yield Concern(
            f"{pool.refused} request(s) waited for a connection in vain.",
            "Raise [db_opt] pool_size, or look below for what holds connections for long.",
        )
