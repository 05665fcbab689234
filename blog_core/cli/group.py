"""The command group: finds the blog once a command needs it, and turns errors into sentences."""

import os
from collections.abc import Callable
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from blog_core.errors import BlogError

if TYPE_CHECKING:
    from blog_core.site import Site

P = ParamSpec("P")
R = TypeVar("R")


class BlogGroup(click.Group):
    """A group whose commands answer every `BlogError` with its text and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BlogError as error:
            raise click.ClickException(str(error)) from error


class SiteSource:
    """Makes the blog when the first command asks for it."""

    def __init__(self, make: "Callable[[], Site] | None" = None) -> None:
        self._make = make or (lambda: standalone_site(None))
        self._site: Site | None = None

    def site(self) -> "Site":
        if self._site is None:
            self._site = self._make()
        return self._site


def pass_site(command: "Callable[Concatenate[Site, P], R]") -> Callable[P, R]:
    """Give a command the blog as its first argument, activated while it runs."""

    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        site = click.get_current_context().ensure_object(SiteSource).site()
        with site.activate():
            return command(site, *args, **kwargs)

    return update_wrapper(run, command)


def make_group(name: str, make: "Callable[[], Site]") -> BlogGroup:
    """The commands of one blog in a host app: `flask <name> ...`."""
    from blog_core.cli.commands import COMMANDS

    @click.pass_context
    def find(ctx: click.Context) -> None:
        ctx.obj = SiteSource(make)

    plugins = make().host.contributions.commands
    commands = {command.name or "": command for command in (*COMMANDS, *plugins)}
    return BlogGroup(name, commands, callback=find, help=f"The blog {name!r}.")


def standalone_site(config: Path | None) -> "Site":
    """The blog of `blog.toml`, `--config` or `BLOG_CONFIG`, as an app of its own."""
    if config is not None:
        os.environ["BLOG_CONFIG"] = str(config)
    from blog_core.extension import create_app

    site: Site = create_app().extensions["blog"]["blog"]
    return site
