"""A TCP proxy that delays what the client sends: a database that stands further away.

`python -m bench.slow_link PORT DELAY_MS` prints its own port and forwards to 127.0.0.1:PORT. It
runs in a process of its own, so that its threads take no time from the side that is measured.
"""

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator


@contextlib.contextmanager
def slow_link(port: int, delay_ms: float) -> Iterator[int]:
    """The port of a proxy before `port`, on which each round trip takes `delay_ms` longer."""
    command = [sys.executable, "-m", "bench.slow_link", str(port), str(delay_ms)]
    proxy = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert proxy.stdout is not None
        yield int(proxy.stdout.readline())
    finally:
        proxy.kill()
        proxy.wait()


def serve(port: int, delay_s: float) -> None:
    """Forward connections until the process ends."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        print(listening.getsockname()[1], flush=True)
        while True:
            client, _ = listening.accept()
            server = socket.create_connection(("127.0.0.1", port))
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            start(client, server, delay_s)
            start(server, client, 0.0)


def start(source: socket.socket, target: socket.socket, delay_s: float) -> None:
    """Forward one direction in a thread."""
    threading.Thread(target=forward, args=(source, target, delay_s), daemon=True).start()


def forward(source: socket.socket, target: socket.socket, delay_s: float) -> None:
    """Send on what comes, `delay_s` later, until one side closes."""
    with contextlib.suppress(OSError):
        while chunk := source.recv(65_536):
            if delay_s:
                time.sleep(delay_s)
            target.sendall(chunk)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


if __name__ == "__main__":
    serve(int(sys.argv[1]), float(sys.argv[2]) / 1_000)
