"""`blog backup` and `blog restore`."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from blog_core.cli.group import pass_site
from blog_core.site import Site

if TYPE_CHECKING:
    from blog_core.backup.restore import Restored


@click.command()
@click.argument("target", type=click.Path(path_type=Path), default=".")
@pass_site
def backup(site: Site, target: Path) -> None:
    """Write the whole blog, database and media, into one file, while it is being used.

    TARGET is a new file, or a folder, in which the file is called after the time [.].
    """
    from blog_core.backup.take import take_backup

    file, manifest = take_backup(site, target, on_progress=_progress)
    click.echo(f"{file}: {file.stat().st_size:,} bytes")
    click.echo(_counted(manifest.rows))
    for path in manifest.missing:
        click.echo(f"missing on the disk, though the library lists it: {path}", err=True)
    click.echo("Keep it on another machine. `blog restore --drill` proves that it can be restored.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--drill", "is_drill", is_flag=True, help="Restore beside the blog, and throw away.")
@click.option("--replace", is_flag=True, help="Set the content that is here aside.")
@pass_site
def restore(site: Site, file: Path, is_drill: bool, replace: bool) -> None:
    """Bring back what `blog backup` wrote to FILE. Every byte is compared before anything changes.

    A blog that has content is not touched without --replace, and kept aside with it.
    """
    from blog_core.backup.drill import drill
    from blog_core.backup.restore import restore_backup

    if is_drill:
        _tell(drill(site, file, on_progress=_progress))
        click.echo("The drill went well: this backup can be restored. Nothing here was changed.")
        return
    restored = restore_backup(site, file, replace=replace, on_progress=_progress)
    _tell(restored)
    if restored.aside:
        click.echo(f"What was here before is kept in {restored.aside}.")
    click.echo("Restored. Start `blog serve` again.")


def _tell(restored: "Restored") -> None:
    manifest = restored.manifest
    click.echo(f"made {manifest.created_at} by version {manifest.version}")
    click.echo(_counted(manifest.rows))
    for step in restored.migrated:
        click.echo(f"migrated {step}")
    for finding in restored.findings:
        click.echo(f"blog check: {finding}")


def _counted(rows: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} in {name}" for name, count in rows.items())


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{text}", nl=False, err=True)
