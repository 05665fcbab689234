"""`blog workflow ...`: where posts stand, from the command line."""

import click

from plugins.workflow.names import load_stage_data


@click.group()
def workflow() -> None:
    """The stages of posts."""


@workflow.command()
@click.argument("post_id", type=int)
def show(post_id: int) -> None:
    """Show where a post stands in every stage, and what is missing."""
    from blog_core.api import current_site
    from plugins.workflow.settings import WorkflowSettings

    definition = current_site().settings.section("workflow", WorkflowSettings).load()
    for stage_id in definition.parts:
        stage = load_stage_data(post_id, stage_id)
        click.echo(f"{stage['status']:12} {stage_id}")
        for missing in stage["errors"]:
            click.echo(f"{'':12}   {missing}")
