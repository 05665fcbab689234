"""`blog db locks` and `blog db sizes`."""

from datetime import UTC, datetime

import click

from blog_core.api import Site, pass_site
from plugins.db_opt.locks import Blocked, blocked_now
from plugins.db_opt.sizes import sizes as sizes_of
from plugins.db_opt.waits import Wait, recent_waits


@click.command()
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 128))
@pass_site
def locks(site: Site, limit: int) -> None:
    """Who waits for whose lock now (PostgreSQL), and the last waits of all workers."""
    for blocked in blocked_now(site):
        _show_blocked(blocked)
    waits = recent_waits(site)
    for wait in waits[:limit]:
        _show_wait(wait)
    if not waits:
        click.echo("Nobody had to wait for a lock.")


def _show_blocked(blocked: Blocked) -> None:
    click.echo(f"now      {blocked.waiter} has waited {blocked.waited_s:.1f} s")
    click.echo(f"    {_one_line(blocked.waiting_statement)}")
    holder = blocked.holder
    whose = f"{blocked.blocker or 'another program'} (process {blocked.blocker_pid})"
    click.echo(f"    for {whose}, {blocked.blocker_state} for {blocked.blocker_s:.1f} s")
    if holder is not None:
        click.echo(f"    which is route {holder.route or '-'}, {holder.where}")
    click.echo(f"    whose last statement is {_one_line(blocked.blocking_statement)}")
    click.echo(f"    {blocked.advice}")


def _show_wait(wait: Wait) -> None:
    at = datetime.fromtimestamp(wait.at, UTC)
    long = f" {wait.waited_s:.2f} s" if wait.waited_s else ""
    click.echo(f"{wait.kind:8} {at:%Y-%m-%d %H:%M:%S} UTC, route {wait.route or '-'}{long}")
    click.echo(f"    {_one_line(wait.statement)}, {wait.where}")
    if wait.blocker:
        whose = f"route {wait.blocker_route or '-'}, {wait.blocker_where or 'not one of ours'}"
        click.echo(f"    for {wait.blocker}: {whose}")
        click.echo(f"    whose last statement was {_one_line(wait.blocking_statement)}")
        click.echo(f"    {wait.advice}")


def _one_line(statement: str) -> str:
    return " ".join(statement.split())[:300]


@click.command()
@pass_site
def sizes(site: Site) -> None:
    """How much room tables and their indexes take, the largest first."""
    for size in sizes_of(site):
        rows = f", about {size.rows:,} rows" if size.rows is not None else ""
        click.echo(
            f"{size.name:24} {size.bytes:>14,} bytes, {size.index_bytes:,} of them indexes{rows}"
        )
        if size.advice:
            click.echo(f"    {size.advice}")
