"""`blog demo`: a blog with sample content, an administrator and an address, in one command."""

import secrets
import socket
from pathlib import Path

import click

from blog_core.cli.group import set_variable, standalone_site, use_config

ADMIN_EMAIL = "admin@example.com"


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default="blog-demo",
    show_default=True,
    help="Where blog.toml and the data of the demo live.",
)
@click.option("--address", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="[a free one]")
@click.option("--no-serve", is_flag=True, help="Prepare everything, print it, and end.")
def demo(folder: Path, address: str, port: int, no_serve: bool) -> None:
    """Show a blog with sample posts, comments and an admin account. Nothing else is needed."""
    port = port or _free_port(address)
    config = _configure(folder, f"http://{address}:{port}")
    use_config(config)
    set_variable("BLOG_SITE_URL", f"http://{address}:{port}")
    password = _prepare()
    click.echo(f"\n  The blog          http://{address}:{port}/")
    click.echo(f"  Writing           http://{address}:{port}/admin/")
    if password:
        click.echo(f"  Sign in as        {ADMIN_EMAIL}\n  One-time password {password}")
    else:
        click.echo(
            f"  Sign in as        {ADMIN_EMAIL} (`blog --config {config} user password "
            f"{ADMIN_EMAIL}` makes a new one-time password)"
        )
    click.echo("  Stop              Ctrl-C\n")
    if not no_serve:
        from blog_core.serving import serve

        serve(address=address, port=port, workers=1, threads=8)


def _free_port(address: str) -> int:
    """8000 when nobody has it, else any free port."""
    for wanted in (8000, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, wanted))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise click.ClickException(f"No free port on {address}. Name one with --port.")


def _configure(folder: Path, site_url: str) -> Path:
    """The demo's blog.toml, written on the first start and kept afterwards."""
    from blog_core.cli.running import BLOG_TOML

    config = folder / "blog.toml"
    if not config.exists():
        folder.mkdir(parents=True, exist_ok=True)
        config.touch(mode=0o600)
        text = BLOG_TOML.format(secret_key=secrets.token_urlsafe(48))
        for old, new in (
            ('"A new blog"', '"Slow Notes"'),
            ('tagline = ""', 'tagline = "Bread, long walks, and websites that answer at once"'),
            ("http://localhost:8000", site_url),
        ):
            text = text.replace(old, new)
        config.write_text(text, encoding="utf-8")
    return config


def _prepare() -> str | None:
    """Migrate, load the samples once, and return the one-time password of a new administrator."""
    from blog_core.content.accounts import find_account
    from blog_core.demo.load import load_demo
    from blog_core.model.migrate import migrate

    site = standalone_site()
    with site.activate():
        if migrate(site):
            click.echo("Database ready.")
        password = None
        if find_account(site, email=ADMIN_EMAIL) is None:
            password = load_demo(site, admin_email=ADMIN_EMAIL)
        site.ports.executor.close()
    return password
