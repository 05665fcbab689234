"""The blog under test: one configuration for all rows, on a database with the sample content."""

import contextlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.machine import plugins
from blog_core.testing.services import PostgresServer

if TYPE_CHECKING:
    from blog_core.site import Site

SITE_URL = "http://127.0.0.1"


@dataclass(frozen=True)
class SampleBlog:
    """A blog's configuration, and its database server, whose work counts with the site's."""

    config: Mapping[str, Any]
    database_pids: tuple[int, ...] = ()

    @property
    def environment(self) -> Mapping[str, str]:
        """What the factories of `bench.sites` read."""
        return {"BENCH_CONFIG": json.dumps(self.config)}


@contextlib.contextmanager
def sample_blog(database: str = "sqlite", **more: Any) -> Iterator[SampleBlog]:
    """A new blog with sample posts, on `sqlite` or `postgresql`; `more` settings go on top."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="blog-bench-"))
        url = f"sqlite:///{Path(folder) / 'blog.db'}"
        pids: tuple[int, ...] = ()
        if database == "postgresql":
            server = stack.enter_context(PostgresServer.start())
            url, pids = server.create_database(), (server.pid,)
        config = {
            "plugins": plugins(),
            "database_url": url,
            "data_dir": folder,
            "site_url": SITE_URL,
            **more,
        }
        _fill(config)
        yield SampleBlog(config, pids)


@contextlib.contextmanager
def opened(sample: SampleBlog) -> Iterator["Site"]:
    """The blog of the sample in this process, beside those that serve it."""
    from blog_core import create_app

    app = create_app(sample.config)  # kept: a blog does not keep its app alive
    site = app.extensions["blog"]["blog"]
    yield site
    site.ports.executor.close()


def _fill(config: Mapping[str, Any]) -> None:
    from blog_core import create_app
    from blog_core.demo.load import load_demo
    from blog_core.model.migrate import migrate

    app = create_app(config)  # kept: a blog does not keep its app alive
    site = app.extensions["blog"]["blog"]
    with site.activate():
        migrate(site)
        load_demo(site, admin_email="bench@example.com")
        site.ports.executor.close()
