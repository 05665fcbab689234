"""`blog import`, `blog export` and `blog seed`: many posts at once, in and out."""

import sys
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from blog_core.cli.group import pass_site
from blog_core.importing.dialect import Dialect
from blog_core.site import Site

_DIALECTS = [str(dialect) for dialect in Dialect]


@click.group(name="import")
def import_() -> None:
    """Bring posts in from elsewhere."""


@import_.command(name="markdown")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--dialect", type=click.Choice(_DIALECTS), help="Whose files they are [recognised].")
@click.option("--timezone", help="Zone of dates without an offset [the blog's].")
@click.option("--source", default="", help="A name for this archive, if you import several.")
@click.option("--skip-broken", is_flag=True, help="Leave out files that cannot be read.")
@pass_site
def import_markdown(
    site: Site,
    folder: Path,
    dialect: str | None,
    timezone: str | None,
    source: str,
    skip_broken: bool,
) -> None:
    """Import a FOLDER of Markdown posts: Jekyll, Hugo, Zola, Eleventy, or this blog's own export.

    All of it or nothing. Run again, it changes only what has changed in the folder.
    """
    from blog_core.importing.archive import Archive, ReadOptions
    from blog_core.importing.load import import_archive

    options = ReadOptions(
        now=site.clock(),
        zone=_zone(timezone or site.settings.core.timezone),
        dialect=Dialect(dialect) if dialect else None,
        source=source,
    )
    archive = Archive(folder, options)
    result = import_archive(
        site, archive, skip_broken=skip_broken, on_progress=progress_line(click.echo)
    )
    for line in result.lines():
        click.echo(line)


@click.group()
def export() -> None:
    """Take posts out, to keep them or to move elsewhere."""


@export.command(name="markdown")
@click.argument("folder", type=click.Path(path_type=Path))
@pass_site
def export_markdown(site: Site, folder: Path) -> None:
    """Write every post and its images into a new or empty FOLDER, as Markdown files."""
    from blog_core.importing.own_posts import export_blog

    count = export_blog(site, folder, on_progress=progress_line(click.echo))
    click.echo(f"{count:,} posts written to {folder}.")


@click.command()
@click.option("--posts", type=click.IntRange(0, 10_000_000), required=True)
@click.option("--comments", type=click.IntRange(0, 50_000_000), default=0, show_default=True)
@pass_site
def seed(site: Site, posts: int, comments: int) -> None:
    """Fill the blog with made-up posts and comments, for trying it at size.

    Stopped and run again, it goes on where it was. Do not use it on a blog that matters.
    """
    from blog_core.importing.seed import seed_blog

    result = seed_blog(site, posts=posts, comments=comments, on_progress=progress_line(click.echo))
    click.echo(
        f"{result.posts:,} posts and {result.comments:,} comments made; the blog now has "
        f"{result.total_posts:,} made-up posts."
    )


def progress_line(echo: Callable[..., None]) -> Callable[[str, int, int], None]:
    """Progress on one line of a terminal; elsewhere one line for each tenth."""
    is_terminal = sys.stderr.isatty()
    told: dict[str, int] = {}

    def show(what: str, done: int, total: int) -> None:
        step = done * (100 if is_terminal else 10) // max(total, 1)
        if told.get(what) == step:
            return
        told[what] = step
        line = f"{what}: {done:,} of {total:,}"
        if is_terminal:
            echo(f"\r\x1b[K{line}", nl=done >= total, err=True)
        else:
            echo(line, err=True)

    return show


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise click.BadParameter(
            f"found {name!r}, expected a name such as Europe/Berlin", param_hint="--timezone"
        ) from None
