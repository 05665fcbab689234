"""`blog db ...`: the database from the command line."""

from collections import defaultdict
from collections.abc import Iterable

import click

from blog_core.api import Site, pass_site
from plugins.db_opt.advise_command import advise
from plugins.db_opt.findings import Finding, newest_by_place, read_findings
from plugins.db_opt.index_commands import indexes
from plugins.db_opt.leaks import recent_leaks
from plugins.db_opt.lock_commands import locks, sizes
from plugins.db_opt.pool_state import pool_state
from plugins.db_opt.server_statements import HOW, server_statements


@click.group()
def db() -> None:
    """The database: its statements, connections and indexes."""


@db.command()
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 256))
@click.option("--plans", is_flag=True, help="Show how the database runs each of them.")
@pass_site
def slow(site: Site, limit: int, plans: bool) -> None:
    """Slow statements of all workers by their time together, then repeated ones and budgets."""
    findings = read_findings(site)
    statements = _by_total_ms(f for f in findings if f.kind == "slow")[:limit]
    if not findings:
        click.echo("Nothing to report: no slow statement, no repeated one, no budget passed.")
    for group in statements:
        total, most, newest = sum(f.ms for f in group), max(f.ms for f in group), group[0]
        click.echo(f"slow      {len(group)} x, {total:.0f} ms together, {most:.0f} ms at most")
        _told(newest)
        plan = next((f.plan for f in group if f.plan), "")
        for line in plan.splitlines() if plans else ():
            click.echo(f"    | {line}")
    for kind, said in _SAID.items():
        for finding in newest_by_place(f for f in findings if f.kind == kind)[:limit]:
            number = f"statement number {finding.times} of its request"
            click.echo(f"{said}  {finding.told or number}")
            _told(finding)
    _show_server_statements(site, limit)


_SAID = {
    "plan_changed": "plan worse",
    "repeated": "repeated",
    "over_budget": "over budget",
    "lazy_load": "lazy load",
}


def _show_server_statements(site: Site, limit: int) -> None:
    counted = server_statements(site, limit=limit)
    for one in counted or ():
        click.echo(
            f"server    {one.calls} x, {one.total_ms:.0f} ms together, {one.max_ms:.0f} ms at most,"
            f" {one.blocks / max(one.calls, 1):.0f} blocks each"
        )
        click.echo(f"    {one.statement[:300]}")
    if counted is None and site.ports.executor.engine.dialect.name == "postgresql":
        click.echo(HOW)


def _told(finding: Finding) -> None:
    click.echo(f"    {finding.statement[:300]}")
    click.echo(f"    route {finding.route or '-'}, plugin {finding.plugin}, {finding.where}")


def _by_total_ms(findings: Iterable[Finding]) -> list[list[Finding]]:
    groups: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.statement].append(finding)
    return sorted(groups.values(), key=lambda group: -sum(f.ms for f in group))


@db.command()
@pass_site
def pool(site: Site) -> None:
    """Connections of all workers: open, lent out, waited for, not given back."""
    state = pool_state(site)
    click.echo(
        f"connections  {state.open} open, {state.out} lent out, {state.opened} opened so far"
    )
    click.echo(
        f"size         at most {state.size} in each process for pages,"
        f" {state.background_size} for background work"
    )
    click.echo(
        f"waits        {state.waits} of {state.lent} above 10 ms, {state.refused} of them in vain"
    )
    leaks = recent_leaks(site)
    click.echo(f"leaks        {state.leaks} in all, {len(leaks)} kept from the last day")
    for leak in leaks[:10]:
        click.echo(f"    {leak['where']}")
        click.echo(
            f"    route {leak['route'] or '-'}, thread {leak['thread']}, held {leak['held_s']} s"
        )


db.add_command(indexes)
db.add_command(advise)
db.add_command(locks)
db.add_command(sizes)
