"""Servers that are away in different ways: nobody listens, somebody hangs up, nobody answers."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from blog_core.testing.services import PostgresServer
from blog_core.testing.services.tethered import Command


def processes_of(server: "RestartedServer") -> list[int]:
    """The server's own process and those that it started."""
    postmaster = server.postmaster
    found = [postmaster]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == postmaster:
                found.append(int(stat.parent.name))
    return found


@contextmanager
def frozen(server: "RestartedServer") -> Iterator[None]:
    """Every process of the server hangs inside the block; no connection is closed."""
    processes = processes_of(server)
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


class Listener:
    """Stands at a server's address and notes who comes: it hangs up at once, or never answers.

    `names` are the application names, as they stand in the first thing that libpq says.
    """

    def __init__(self, port: int, *, answers: bool) -> None:
        self._socket = socket.create_server(("127.0.0.1", port))
        self._answers, self._kept = answers, list[socket.socket]()
        self.names: list[str] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                come, _ = self._socket.accept()
                said = come.recv(1000).decode("latin-1")
                self.names.append(said.partition("application_name\0")[2].partition("\0")[0])
                if self._answers:
                    come.close()
                else:
                    self._kept.append(come)

    def close(self) -> None:
        """Leave."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        for one in (self._socket, *self._kept):
            one.close()


_AGAIN = """
trap 'kill -INT $pid; wait $pid; exit 0' INT
while :; do
  "$@" & pid=$!
  wait $pid
  while [ -e down ]; do sleep 0.05; done
done
"""


class RestartedServer(PostgresServer):
    """A PostgreSQL that can be stopped and started again, on the same port with the same data."""

    @classmethod
    def commands(cls, make: Command, serve: Command) -> list[Command]:
        """The server runs below a shell that starts it again."""
        return [make, ["/bin/sh", "-c", _AGAIN, "again", *serve]]

    @property
    def postmaster(self) -> int:
        """The server's own process."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def down(self) -> None:
        """Stop it: connections end, and new ones are refused."""
        (self.folder / "down").touch()
        process = self.postmaster
        os.kill(process, signal.SIGINT)
        wait_for(lambda: not Path(f"/proc/{process}").exists())

    def up(self) -> None:
        """Start it again."""
        (self.folder / "down").unlink(missing_ok=True)
        wait_for(self.is_ready)


def wait_for(holds: Callable[[], bool], within_s: float = 30) -> None:
    """Wait until it holds; an `AssertionError` when it does not."""
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, "It did not come to hold in time."
        time.sleep(0.05)
