"""All commands of the core, in the order in which `blog --help` lists them."""

import click

from blog_core.cli.archive import export, import_, seed
from blog_core.cli.demo import demo
from blog_core.cli.plugins import plugins, settings
from blog_core.cli.running import check, init, migrate, serve, worker
from blog_core.cli.users import user

COMMANDS: tuple[click.Command, ...] = (
    demo,
    init,
    migrate,
    serve,
    worker,
    check,
    user,
    import_,
    export,
    seed,
    plugins,
    settings,
)
