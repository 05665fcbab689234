"""`blog workflow ...`: where posts stand, from the command line."""

import click

from blog_core.api import SYSTEM, Site, pass_site
from plugins.workflow.history import verify_history
from plugins.workflow.overview import stage_overview
from plugins.workflow.own import own_stages
from plugins.workflow.saving import choose_definition


@click.group()
def workflow() -> None:
    """The stages of posts."""


@workflow.command()
@click.argument("post_id", type=int)
@pass_site
def show(site: Site, post_id: int) -> None:
    """Show where a post stands in every stage, and what is missing."""
    overview = stage_overview(post_id, site=site, actor=SYSTEM)
    definition = overview.standing.definition
    click.echo(f"{overview.title} ({definition.name}, version {definition.version})")
    for stage in overview.stages:
        for part in stage.parts:
            click.echo(f"{part.state:12} {part.stage_id}")
            for field in part.missing:
                click.echo(f"{'':12}   {field.title}: is required to complete")
            for name in part.kept:
                click.echo(f"{'':12}   {name}: kept from an earlier definition")
    for kept in overview.kept:
        click.echo(f"{'kept':12} {kept.stage_id} ({kept.definition}, {kept.definition_version})")
    for missing in overview.missing:
        click.echo(f"Before it can be published: {missing.text}")


@workflow.command()
@click.argument("post_id", type=int, required=False)
@pass_site
def verify(site: Site, post_id: int | None) -> None:
    """Follow the history of every post (or one), and name rows that were changed behind it."""
    broken = list(verify_history(site, post_id))
    for each in broken:
        click.echo(str(each))
    if broken:
        raise click.ClickException(f"The history is broken in {len(broken)} place(s).")
    click.echo("The history is whole.")


@workflow.command()
@pass_site
def definitions(site: Site) -> None:
    """List the definitions of this blog with their sub-stages and gates."""
    catalogue = own_stages(site).catalogue
    for name, found in catalogue.definitions.items():
        usual = ", the usual one" if name == catalogue.default else ""
        click.echo(f"{name}: {found.title} (version {found.version}{usual})")
        for stage_id, part in found.parts.items():
            fields = ", ".join(f"{f.name}{'*' if f.required else ''}" for f in part.fields)
            click.echo(f"  {stage_id:28} {fields}")
        for gate in found.gate:
            wanted = [*gate.needs, *gate.filled, *gate.passes]
            click.echo(f"  before {gate.before}: {', '.join(wanted) or gate.why}")


@workflow.command()
@click.argument("post_id", type=int)
@click.argument("definition")
@pass_site
def follow(site: Site, post_id: int, definition: str) -> None:
    """Let a post follow a DEFINITION from now on; `usual` for what the settings say."""
    name = None if definition == "usual" else definition
    with site.transaction(SYSTEM) as session:
        choose_definition(session, post_id=post_id, name=name)
    chosen = own_stages(site).standing(post_id).definition
    click.echo(f"Post {post_id} follows {chosen.name!r}.")
