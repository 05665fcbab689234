"""`blog serve`: the blog on granian. HUP reloads it and TERM stops it, and no request is lost."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from blog_core.extension import create_app
from blog_core.site import Site

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

RESPAWN_INTERVAL_S = 0.5
KILL_AFTER_S = 30


def serve(
    *, address: str, port: int, workers: int, threads: int, pid_file: Path | None = None
) -> None:
    """Serve until TERM or INT. HUP replaces the workers one after the other.

    A new worker answers before the old one stops taking requests, and an old one finishes what it
    has under way (at most `KILL_AFTER_S` seconds).
    """
    Granian(
        "blog_core.serving:worker_app",
        factory=True,
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        respawn_failed_workers=True,
        respawn_interval=RESPAWN_INTERVAL_S,
        workers_kill_timeout=KILL_AFTER_S,
        pid_file=pid_file,
        log_access=False,
        websockets=False,
    ).serve()


def worker_app() -> "WSGIApplication":
    """The app of one worker process, with the elected job runner started beside it.

    Below Flask's own `__call__`, which only calls this.
    """
    app = create_app()
    for site in app.extensions["blog"].values():
        start_background_work(site)
    return app.wsgi_app


def start_background_work(site: Site) -> None:
    """Offer this process for running jobs; one process of the host is elected."""
    site.jobs.start_runner(owner=f"{os.uname().nodename}:{os.getpid()}")


def default_workers(database_url: str) -> int:
    """One worker on SQLite, where threads share one writer; two to four on a database server."""
    if database_url.startswith("sqlite"):
        return 1
    return min(4, max(2, os.cpu_count() or 2))
