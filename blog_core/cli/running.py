"""`blog init`, `migrate`, `serve`, `worker` and `check`: setting up a site and running it."""

import secrets
import threading
from pathlib import Path

import click

from blog_core.cli.group import pass_site
from blog_core.site import Site

BLOG_TOML = """\
# The configuration of this blog. `blog settings` shows every setting, its value and its source.
plugins = ["db_opt", "cache", "workflow", "llm"]  # the switch and the order of the plugins

title = "A new blog"
tagline = ""
language = "en"
timezone = "UTC"
site_url = "http://localhost:8000"
data_dir = "data"
secret_key = "{secret_key}"

# database_url = "postgresql://user@localhost/blog"   # else SQLite in data_dir

[cache]
# redis_url = "redis://localhost:6379/0"   # only needed with several hosts
"""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
def init(folder: Path) -> None:
    """Write a blog.toml with a fresh secret into FOLDER, to be edited before `blog migrate`."""
    target = folder / "blog.toml"
    if target.exists():
        raise click.ClickException(f"{target} exists already. Edit it, or choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    target.write_text(BLOG_TOML.format(secret_key=secrets.token_urlsafe(48)), encoding="utf-8")
    click.echo(
        f"Wrote {target}. Next: edit it, then `blog migrate`, `blog user add`, `blog serve`."
    )


@click.command()
@pass_site
def migrate(site: Site) -> None:
    """Bring the database to this version. One process at a time; running it again does nothing."""
    from blog_core.model.migrate import migrate as run

    done = run(site)
    for step in done:
        click.echo(f"migrated {step}")
    click.echo(f"The database is up to date ({len(done)} step(s) done).")


@click.command()
@click.option("--address", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", type=click.IntRange(1, 64), help="Processes [1 on SQLite, else 2 to 4].")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 128))
@click.option("--pid-file", type=click.Path(path_type=Path, dir_okay=False))
@pass_site
def serve(
    site: Site, address: str, port: int, workers: int | None, threads: int, pid_file: Path | None
) -> None:
    """Serve the blog. HUP reloads without losing a request, TERM finishes what is under way."""
    from blog_core.model.migrate import pending
    from blog_core.serving import default_workers
    from blog_core.serving import serve as run

    behind = pending(site)
    if behind:
        raise click.ClickException(
            f"The database is behind by {len(behind)} migration(s), first {behind[0]}. "
            f"Run `blog migrate`, then serve."
        )
    workers = workers or default_workers(site.ports.executor.engine.url.get_backend_name())
    site.ports.executor.close()
    run(address=address, port=port, workers=workers, threads=threads, pid_file=pid_file)


@click.command()
@click.option("--once", is_flag=True, help="Run what is due now, then end: for cron.")
@click.option("--poll-s", default=2.0, show_default=True, type=click.FloatRange(0.1, 3600))
@pass_site
def worker(site: Site, once: bool, poll_s: float) -> None:
    """Run jobs that are due: mail, clean-up, image variants. `blog serve` does this too."""
    if once:
        click.echo(f"{site.jobs.run_due()} job(s) run.")
        return
    stop = threading.Event()
    try:
        while not stop.wait(0 if site.jobs.run_due() else poll_s):
            pass
    except KeyboardInterrupt:
        click.echo("Stopped; a job under way was finished.")


@click.command()
@click.option("--repair", is_flag=True, help="Correct the counters and lists that are wrong.")
@pass_site
def check(site: Site, repair: bool) -> None:
    """Compare counters and list columns with the posts they count; exit 1 when some are wrong."""
    from blog_core.content.check import check as run

    findings = run(site, repair=repair)
    for finding in findings:
        click.echo(str(finding))
    if findings and not repair:
        raise click.ClickException(
            f"{len(findings)} finding(s). `blog check --repair` corrects them."
        )
    click.echo(f"{len(findings)} finding(s) repaired." if findings else "Nothing to repair.")
