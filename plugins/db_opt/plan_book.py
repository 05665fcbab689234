"""Remembers how the database runs the site's statements, and tells when that changes for the worse.

A job asks every hour for the plans of the statements that cost most. Worse means: a table is now
read from end to end that was not before, and the statement takes at least twice as long. What is
known stands in `run/plans.json`, in constant space.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from plugins.db_opt.findings import Finding, Findings
from plugins.db_opt.observed import Observed, read_observed
from plugins.db_opt.plan_shape import digest_of, whole_tables

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from blog_core.api import Site

EVERY = timedelta(hours=1)
STATEMENTS = 100
SLOWER = 2.0
_FEW = 3  # calls: fewer say nothing about their time


@dataclass(frozen=True, slots=True)
class KnownPlan:
    """A statement's plan when it was asked for last, and its calls and seconds up to then."""

    digest: str
    plan: str
    calls: int
    total_s: float
    mean_s: float


@dataclass(frozen=True, slots=True)
class PlanChange:
    """A statement whose plan became worse."""

    observed: Observed
    before: KnownPlan
    after: KnownPlan

    @property
    def tables(self) -> Sequence[str]:
        """What is read whole now."""
        return sorted(whole_tables(self.after.plan) - whole_tables(self.before.plan))

    @property
    def told(self) -> str:
        """In plain words, with what to do."""
        return (
            f"{', '.join(self.tables)} is now read from end to end; it took "
            f"{self.before.mean_s * 1000:.1f} ms and takes {self.after.mean_s * 1000:.1f} ms. "
            f"Was an index dropped? Look at `blog db indexes`, and run ANALYZE."
        )


def look_at_plans(site: "Site", _arguments: Mapping[str, Any] | None = None) -> None:
    """The job: compare, note what became worse, remember."""
    for change in compare_plans(site):
        seen = change.observed
        Findings.of(site).keep(
            Finding(
                "plan_changed",
                " ".join(seen.statement.split()),
                seen.route,
                seen.plugin,
                seen.where,
                ms=round(change.after.mean_s * 1000, 1),
                plan=change.after.plan,
                told=change.told,
            )
        )


def compare_plans(site: "Site") -> Sequence[PlanChange]:
    """Which plans became worse since the last time, which is remembered anew."""
    file = site.data_dir / "run" / "plans.json"
    known, now, changes = _read(file), {}, []
    reads = [one for one in read_observed(site) if one.is_read][:STATEMENTS]
    with site.ports.executor.engine.connect() as connection:
        for observed in reads:
            key = f"{observed.statement}\n{observed.route}"
            before = known.get(key)
            after = _asked(connection, observed, before)
            if after is None:
                continue
            now[key] = after
            if before is not None and _is_worse(before, after):
                changes.append(PlanChange(observed, before, after))
    _write(file, now)
    return changes


def _asked(
    connection: "Connection", observed: Observed, before: KnownPlan | None
) -> KnownPlan | None:
    prefix = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    params = observed.params
    values = dict(params) if isinstance(params, Mapping) else tuple(params)
    # SQLite's driver keeps prepared statements, whose plan is not made anew when asked again.
    asking = f"{prefix} /* {observed.calls} */ {observed.statement}"
    try:
        rows = connection.exec_driver_sql(asking, values).all()
    except SQLAlchemyError:
        connection.rollback()  # its table is gone, or a sample value does not fit
        return None
    plan = "\n".join(str(row[-1]) for row in rows)
    calls, total_s = observed.calls, observed.total_s
    if before is not None and calls - before.calls >= _FEW:
        mean_s = (total_s - before.total_s) / (calls - before.calls)
    elif before is not None and calls >= before.calls:
        return before  # nothing new about its time
    else:
        mean_s = total_s / max(calls, 1)
    return KnownPlan(digest_of(plan), plan, calls, total_s, mean_s)


def _is_worse(before: KnownPlan, after: KnownPlan) -> bool:
    reads_more = whole_tables(after.plan) - whole_tables(before.plan)
    return bool(
        before.digest != after.digest and reads_more and after.mean_s >= SLOWER * before.mean_s
    )


def _read(file: Path) -> dict[str, KnownPlan]:
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return {key: KnownPlan(**plan) for key, plan in kept.items()}
    except (OSError, ValueError, TypeError):
        return {}


def _write(file: Path, plans: Mapping[str, KnownPlan]) -> None:
    beside = file.with_suffix(f".{os.getpid()}")
    content = json.dumps({key: asdict(plan) for key, plan in plans.items()})
    beside.write_text(content, encoding="utf-8")
    beside.replace(file)
