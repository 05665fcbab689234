"""The entry point `blog`: finds blog.toml, then runs a command of the core or of a plugin."""

from pathlib import Path

import click

from blog_core import __version__
from blog_core.cli.group import BlogGroup, use_config


def _named(_ctx: click.Context, _option: click.Parameter, config: Path | None) -> None:
    if config is not None:
        use_config(config)


@click.group(cls=BlogGroup)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The blog.toml to use; else BLOG_CONFIG, else ./blog.toml.",
    is_eager=True,
    callback=_named,
    expose_value=False,
)
@click.version_option(__version__, prog_name="blog")
def main() -> None:
    """A blog for Flask. `blog demo` shows one with sample content; `blog init` starts yours.

    The enabled plugins bring commands of their own: `blog plugins` lists them.
    """
