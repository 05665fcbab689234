"""Web servers for tests: a thread with an app of this process, or a process of its own."""

import contextlib
import http.client
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from blog_core.testing.services.tethered import TetheredServer, on_free_port, scratch_folder

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


@contextlib.contextmanager
def serve_in_thread(app: WsgiApp) -> Iterator[str]:
    """Serve a WSGI app from threads of this process; its address, without a slash at the end."""
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, app, threaded=True)
    # The interval is how long the stop takes.
    serve = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serve.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        serve.join()
        server.server_close()


class WebServer(TetheredServer):
    """A web server in a process of its own."""

    name = "The web server"

    @classmethod
    def start(
        cls,
        command: Callable[[int], list[str]],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Self:
        """Start what `command(port)` says, with `env` added to the environment."""
        environment = {**os.environ, **(env or {})}
        where = cwd or Path.cwd()
        return on_free_port(lambda port: cls._start_on(port, command(port), environment, where))

    @classmethod
    def _start_on(cls, port: int, command: list[str], env: Mapping[str, str], cwd: Path) -> Self:
        with scratch_folder("web") as folder:
            return cls([command], port=port, folder=folder, cwd=cwd, env=env)

    @classmethod
    def granian(
        cls,
        target: str,
        *options: str,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Self:
        """Serve `module:app` with granian; `options` are its own, such as `--workers`, `4`."""

        def command(port: int) -> list[str]:
            listen = ["--host", "127.0.0.1", "--port", str(port), "--interface", "wsgi"]
            return [sys.executable, "-m", "granian", *listen, *options, target]

        return cls.start(command, env=env, cwd=cwd)

    @property
    def url(self) -> str:
        """The server's address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def is_ready(self) -> bool:
        """True when it answers a request, whatever the status."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("HEAD", "/")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True
