"""The command group: finds the blog once a command needs it, and turns errors into sentences."""

import os
from collections.abc import Callable
from functools import update_wrapper
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from blog_core.background import background_work
from blog_core.cli.commands import COMMANDS
from blog_core.errors import BlogError

if TYPE_CHECKING:
    from blog_core.site import Site

P = ParamSpec("P")
R = TypeVar("R")


class SiteSource:
    """Makes the blog when the first command asks for it."""

    def __init__(self, make: "Callable[[], Site] | None" = None) -> None:
        self._make = make or standalone_site
        self._site: Site | None = None

    def site(self) -> "Site":
        """The blog; the same one each time."""
        if self._site is None:
            self._site = self._make()
        return self._site


class BlogGroup(click.Group):
    """The core's commands, and those of the enabled plugins once one is asked for by name.

    Every `BlogError` is answered with its text and exit code 1. `source` is the blog meant; without
    one it is that of the configuration file.
    """

    def __init__(self, *args: Any, source: SiteSource | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._source = source

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """A context whose commands find the blog meant."""
        ctx = super().make_context(*args, **kwargs)
        if self._source is not None:
            ctx.obj = self._source
        return ctx

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The core's commands; listing the plugins' too would need a working configuration."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by name, loaded now."""
        if cmd_name in COMMANDS:
            module, _, name = COMMANDS[cmd_name].partition(":")
            command: click.Command = getattr(import_module(module), name)
            return command
        try:
            brought = ctx.ensure_object(SiteSource).site().host.contributions.commands
        except BlogError as error:
            raise click.ClickException(str(error)) from error
        return brought.get(cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an error of ours becomes a sentence."""
        try:
            return super().invoke(ctx)
        except BlogError as error:
            raise click.ClickException(str(error)) from error


def pass_site(command: "Callable[Concatenate[Site, P], R]") -> Callable[P, R]:
    """Give a command the blog as its first argument, activated while it runs."""

    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        site = click.get_current_context().ensure_object(SiteSource).site()
        with site.activate(), background_work():
            return command(site, *args, **kwargs)

    return update_wrapper(run, command)


def make_group(name: str, make: "Callable[[], Site]") -> BlogGroup:
    """The commands of one blog in a host app: `flask <name> ...`."""
    return BlogGroup(name, source=SiteSource(make), help=f"The blog {name!r}.")


def use_config(config: Path) -> None:
    """Let the blog of this command, and the workers it starts, read `config`."""
    set_variable("BLOG_CONFIG", str(config))


def set_variable(name: str, value: str) -> None:
    """Set an environment variable until the current command has ended."""
    before = os.environ.get(name)

    def restore() -> None:
        if before is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = before

    os.environ[name] = value
    click.get_current_context().call_on_close(restore)


def standalone_site() -> "Site":
    """The blog of `BLOG_CONFIG` or `./blog.toml`, as an app of its own."""
    from blog_core.extension import create_app

    app = create_app()
    # A blog holds its app weakly; the command that runs keeps it.
    click.get_current_context().meta["blog_core.app"] = app
    site: Site = app.extensions["blog"]["blog"]
    return site
