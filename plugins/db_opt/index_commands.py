"""`blog db indexes`: declared against real, and building what is missing."""

from datetime import UTC, datetime, timedelta

import click

from blog_core.api import Site, pass_site
from plugins.db_opt.index_building import apply, blocking_s, undo
from plugins.db_opt.index_report import UNUSED_AFTER, IndexReport, compare_indexes


@click.command()
@click.option("--apply", "wants_apply", is_flag=True, help="Build what is missing.")
@click.option("--undo", "wants_undo", is_flag=True, help="Drop what the last --apply built.")
@click.option("--yes", is_flag=True, help="Do not ask, though SQLite takes no writes meanwhile.")
@click.option(
    "--unused-after-days",
    default=UNUSED_AFTER.days,
    show_default=True,
    type=click.IntRange(0, 3650),
    help="How old statistics must be to call an index unused.",
)
@pass_site
def indexes(
    site: Site, wants_apply: bool, wants_undo: bool, yes: bool, unused_after_days: int
) -> None:
    """Compare declared and real indexes; exit 1 when some are missing, different or invalid."""
    if wants_undo:
        if not undo(site, click.echo):
            click.echo("Nothing to undo: the last --apply built nothing.")
        return
    report = compare_indexes(site, unused_after=timedelta(days=unused_after_days))
    _show(report)
    if wants_apply:
        _ask(site, report, yes=yes)
        apply(site, report, click.echo)
    elif not report.is_complete:
        count = len(report.missing) + len(report.changed) + len(report.invalid)
        raise click.ClickException(
            f"{count} missing, different or invalid. `blog db indexes --apply` puts them right."
        )


def _show(report: IndexReport) -> None:
    for declared, real in report.present:
        other = f", there as {real.name}" if real.name != declared.name else ""
        _line("present", declared.name, f"{declared.definition}{_purpose(declared.query)}{other}")
    for declared in report.missing:
        _line("missing", declared.name, f"{declared.definition}{_purpose(declared.query)}")
    for declared, real in report.changed:
        _line("differs", declared.name, f"is {real.definition}; should be {declared.definition}")
    for real in report.invalid:
        _line("invalid", real.name, "left behind by a build that was interrupted")
    for real, by in report.covered:
        _line("covered", real.name, f"{real.definition}: {by.name} does the same and more")
    for real in report.unused:
        size = f", {real.size_bytes or 0:,} bytes"
        _line("unused", real.name, f"{real.definition}: no scan since {_since(report)}{size}")
    if report.statistics_since:
        click.echo(f"Scans are counted since {_since(report)}.")


def _line(state: str, name: str, told: str) -> None:
    click.echo(f"{state:8} {name:28} {told}")


def _purpose(query: str) -> str:
    return f" for {query}" if query else ""


def _since(report: IndexReport) -> str:
    since = report.statistics_since
    if since is None:
        return "an unknown time"
    days = (datetime.now(UTC) - since).days
    return f"{since:%Y-%m-%d} ({days} days)"


def _ask(site: Site, report: IndexReport, *, yes: bool) -> None:
    """SQLite has one writer: say how long it will be away, and ask."""
    engine = site.ports.executor.engine
    wanted = [*report.missing, *(declared for declared, _ in report.changed)]
    if engine.dialect.name == "postgresql" or not wanted:
        return
    expected_s = sum(blocking_s(engine, declared.definition) for declared in wanted)
    click.echo(f"Nobody can write for about {max(expected_s, 0.1):.1f} s; reading goes on.")
    if not yes:
        click.confirm("Build now?", abort=True)
