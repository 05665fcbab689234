"""pytest fixtures: real servers, fresh databases and live sites, for the blog's tests and plugins'.

Load them with `pytest_plugins = ["blog_core.testing.fixtures"]` in your top-most conftest.py. A
server starts when the first test asks for it, once per process that runs tests, and ends with it.
"""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from blog_core.testing.services import PostgresServer, ValkeyServer, WebServer, serve_in_thread
from blog_core.testing.services.web import WsgiApp

if TYPE_CHECKING:
    from blog_core.testing.trial import BlogMaker

pytest.register_assert_rewrite("blog_core.testing.contracts")


@pytest.fixture
def blog_app(tmp_path: Path) -> "Iterator[BlogMaker]":
    """`blog_app(plugins=["cache"])` makes a real blog; each call another, on its own folder."""
    from blog_core.testing.trial import TrialBlog  # loads the whole product

    made: list[TrialBlog] = []

    def make(**config: Any) -> TrialBlog:
        folder = tmp_path / f"blog-{len(made)}"
        folder.mkdir()
        made.append(TrialBlog(folder, **config))
        return made[-1]

    yield make
    for blog in made:
        blog.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The session's PostgreSQL; do not freeze or stop this one, start your own."""
    with PostgresServer.start() as server:
        yield server


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[ValkeyServer]:
    """The session's Valkey; do not freeze or stop this one, start your own."""
    with ValkeyServer.start() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A fresh, empty PostgreSQL database."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'blog.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, empty database; the test runs once on each kind."""
    kind = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    return str(request.getfixturevalue(kind))


@pytest.fixture
def redis_url(valkey_server: ValkeyServer) -> str:
    """An empty Valkey, which speaks Redis' protocol."""
    valkey_server.flush()
    return valkey_server.url


@pytest.fixture
def serve() -> Iterator[Callable[[WsgiApp], str]]:
    """`serve(app)` serves an app of this process from threads; returns its address."""
    with contextlib.ExitStack() as running:
        yield lambda app: running.enter_context(serve_in_thread(app))


@pytest.fixture
def serve_process() -> Iterator[Callable[..., WebServer]]:
    """`serve_process("wsgi:app", "--workers", "2", env={...})` runs granian; returns the server."""
    with contextlib.ExitStack() as running:
        yield lambda *args, **kwargs: running.enter_context(WebServer.granian(*args, **kwargs))
