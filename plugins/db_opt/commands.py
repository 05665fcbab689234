"""`blog db ...`: the database from the command line."""

import click

from plugins.db_opt.indexes import POST_INDEXES, create_post_indexes, missing_post_indexes


@click.group()
def db() -> None:
    """The database: its indexes."""


@db.command()
@click.option("--apply", is_flag=True, help="Build the missing ones.")
def indexes(apply: bool) -> None:
    """Show which indexes of the posts' lists are missing; exit 1 when some are."""
    from blog_core.api import current_site

    missing = [str(index.name) for index in missing_post_indexes(current_site())]
    for name in POST_INDEXES:
        click.echo(f"{'missing' if name in missing else 'present':8} {name}")
    if apply:
        for name in create_post_indexes():
            click.echo(f"built    {name}")
    elif missing:
        raise click.ClickException(
            f"{len(missing)} missing. `blog db indexes --apply` builds them."
        )
