"""The entry point `blog`: finds blog.toml, then runs a command of the core or of a plugin."""

from pathlib import Path

import click

from blog_core import __version__
from blog_core.cli.commands import COMMANDS
from blog_core.cli.group import BlogGroup, SiteSource, standalone_site


class StandaloneGroup(BlogGroup):
    """The core's commands, plus those of the enabled plugins once one is asked for by name."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = super().get_command(ctx, cmd_name)
        if found is not None:
            return found
        source = ctx.find_object(SiteSource)
        if source is None:
            source = ctx.obj = SiteSource(lambda: standalone_site(ctx.params.get("config")))
        brought = source.site().host.contributions.commands
        return next((command for command in brought if command.name == cmd_name), None)


@click.group(cls=StandaloneGroup, commands=list(COMMANDS))
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The blog.toml to use; else BLOG_CONFIG, else ./blog.toml.",
)
@click.version_option(__version__, prog_name="blog")
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """A blog for Flask. `blog demo` shows one with sample content; `blog init` starts yours.

    The enabled plugins bring commands of their own: `blog plugins` lists them.
    """
    if ctx.obj is None:
        ctx.obj = SiteSource(lambda: standalone_site(config))
