"""A real program that takes messages: it answers as the test says, and remembers them."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


class Receiver:
    """`status` is what it answers, `location` where it sends on to; `slow` never ends."""

    def __init__(self) -> None:
        self.status, self.location, self.slow = 204, "", False
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.stop = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.taken.append(({k.lower(): v for k, v in self.headers.items()}, body))
                if receiver.slow:
                    self.trickle()
                    return
                self.send_response(receiver.status)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.end_headers()

            def trickle(self) -> None:
                try:
                    while not receiver.stop.wait(0.02):
                        self.wfile.write(b"H")
                        self.wfile.flush()
                except OSError:
                    pass

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook?from=blog"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that listens."""
    made = Receiver()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.stop.set()
    made.server.shutdown()
    made.server.server_close()
    thread.join()
