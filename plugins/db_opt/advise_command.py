"""`blog db advise`: which indexes the site's own statements miss."""

import json

import click

from blog_core.api import Site, pass_site


@click.command()
@click.option("--prove", is_flag=True, help="Measure on a copy of the tables, removed afterwards.")
@click.option(
    "--apply", "wants_apply", is_flag=True, help="Build, measure, take back what is no help."
)
@click.option("--undo", "wants_undo", is_flag=True, help="Drop what the last --apply built.")
@click.option("--yes", is_flag=True, help="Do not ask, though SQLite takes no writes meanwhile.")
@click.option("--json", "wants_json", is_flag=True, help="For programs.")
@pass_site
def advise(
    site: Site, prove: bool, wants_apply: bool, wants_undo: bool, yes: bool, wants_json: bool
) -> None:
    """Say which indexes are missing, from the statements that the site has sent so far.

    Without options nothing is written or built, and only SELECTs are explained.
    """
    # The reader of SQL takes long to import, and nobody else needs it.
    from plugins.db_opt.advise import advising, applying, report

    if wants_undo:
        if not applying.undo(site, click.echo):
            click.echo("Nothing to undo: the last --apply built nothing that it kept.")
        return
    advice = advising.advise(site, proving=prove)
    if wants_json:
        click.echo(json.dumps(report.as_json(advice), indent=2))
    else:
        for line in report.lines(advice):
            click.echo(line)
    if wants_apply and advice.accepted:
        _ask(applying.expected_s(site, advice.accepted), yes=yes)
        done = applying.apply(site, advice.accepted, advice.statements, click.echo)
        for proposal in done:
            for line in report.proof_lines(proposal):
                click.echo(line)


def _ask(expected_s: float, *, yes: bool) -> None:
    """SQLite has one writer: say how long it will be away, and ask."""
    if not expected_s:
        return
    click.echo(f"Nobody can write for about {max(expected_s, 0.1):.1f} s; reading goes on.")
    if not yes:
        click.confirm("Build now?", abort=True)
