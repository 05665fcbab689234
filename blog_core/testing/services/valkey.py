"""A Valkey (or Redis) server of one's own, which keeps nothing on disk."""

import socket
from typing import Self

from blog_core.testing.services.programs import valkey_program
from blog_core.testing.services.tethered import TetheredServer, on_free_port, scratch_folder


class ValkeyServer(TetheredServer):
    """A Valkey server, listening on the loopback only. `freeze()` is the outage that hangs."""

    name = "Valkey"

    @classmethod
    def start(cls, *, port: int | None = None, options: tuple[str, ...] = ()) -> Self:
        """Start it on a free port, or on `port`: where another one was stopped a moment ago."""
        if port is not None:
            return cls._start_on(port, options)
        return on_free_port(lambda free: cls._start_on(free, options))

    @classmethod
    def _start_on(cls, port: int, options: tuple[str, ...]) -> Self:
        listen = ["--port", str(port), "--bind", "127.0.0.1"]
        keep_nothing = ["--save", "", "--appendonly", "no"]
        command = [str(valkey_program()), *listen, *keep_nothing, *options]
        with scratch_folder("valkey") as folder:
            return cls([command], port=port, folder=folder)

    @property
    def url(self) -> str:
        """The database 0 of this server, for redis-py."""
        return f"redis://127.0.0.1:{self.port}/0"

    def is_ready(self) -> bool:
        """True when it takes commands; it writes that into its log."""
        return "Ready to accept connections" in self.log()

    def answers(self) -> bool:
        """True when it answers a ping."""
        try:
            return self.command("PING") == "+PONG"
        except OSError:
            return False

    def flush(self) -> None:
        """Forget all keys, functions and scripts."""
        for line in ("FLUSHALL", "FUNCTION FLUSH", "SCRIPT FLUSH"):
            self.command(line)

    def command(self, line: str) -> str:
        """Send one command in its plain-text form; the first line of the answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
            connection.sendall(line.encode() + b"\r\n")
            with connection.makefile("rb") as answer:
                return answer.readline().decode().rstrip()
