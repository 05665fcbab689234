"""The owner's side of a tether: a server process that can be read, frozen, killed and stopped."""

import abc
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Self, TypeVar, cast

from blog_core.errors import BlogError

TETHER = Path(__file__).with_name("tether.py")
READY_WITHIN_S = 60.0
LOG_TAIL_CHARS = 2000

Command = Sequence[str | Path]
Started = TypeVar("Started")


class ServiceError(BlogError):
    """A server's program is missing, or it did not start; then the text ends with its log."""


class PortTaken(ServiceError):
    """Another program took the free port first; the start is worth another try."""


class TetheredServer(abc.ABC):
    """A server that ends with this process, even when this process is killed.

    `pid` is the server's own process, `folder` its scratch folder, which is removed when it ends.
    """

    name = "server"
    stop_signal = signal.SIGTERM

    def __init__(
        self,
        commands: Sequence[Command],
        *,
        port: int,
        folder: Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        identity: Mapping[str, object] | None = None,
    ) -> None:
        """Run `commands` one after the other and wait until the last one, the server, answers."""
        self.port = port
        self.folder = folder
        self._log = folder / "log.txt"
        self._last_words = ""
        order = {
            "commands": [[str(part) for part in command] for command in commands],
            "folder": str(folder),
            "log": str(self._log),
            "cwd": str(cwd or folder),
            "identity": dict(identity or {}),
            "stop_signal": int(self.stop_signal),
        }
        self._tether = _start_tether(order, env)
        try:
            self.pid = int(self._output.readline() or 0)
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop()

    @property
    def is_running(self) -> bool:
        """False once the server has ended by itself or was stopped."""
        return self._tether.poll() is None

    def stop(self) -> None:
        """Stop the server, wait until it is gone, and remove its folder. May be called twice."""
        with contextlib.suppress(BrokenPipeError):
            self._input.close()
        if not self._output.closed:
            self._last_words = self._output.read()
            self._output.close()
        self._tether.wait()

    def freeze(self) -> None:
        """Let the server hang without closing a connection, until `thaw()`."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        os.kill(self.pid, signal.SIGCONT)

    def log(self) -> str:
        """What the server has written so far; once it has ended, the last words of that."""
        with contextlib.suppress(FileNotFoundError):
            return self._log.read_text(errors="replace")
        self.stop()
        return self._last_words

    @abc.abstractmethod
    def is_ready(self) -> bool:
        """True when the server, and not another one on its port, can be used."""

    @property
    def _input(self) -> IO[str]:
        return _given(self._tether.stdin)

    @property
    def _output(self) -> IO[str]:
        return _given(self._tether.stdout)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while not (self.pid and self.is_ready()):
            if not (self.pid and self.is_running):
                raise self._failure("ended while starting")
            if time.monotonic() > deadline:
                raise self._failure(f"did not answer within {READY_WITHIN_S:.0f} s")
            time.sleep(0.01)

    def _failure(self, what: str) -> ServiceError:
        log = self.log()[-LOG_TAIL_CHARS:]
        kind = PortTaken if "address already in use" in log.lower() else ServiceError
        return kind(f"{self.name} {what}. Its log ends with:\n{log}")


def _start_tether(
    order: Mapping[str, object], env: Mapping[str, str] | None
) -> "subprocess.Popen[str]":
    # -I -S: a bare interpreter starts fastest. Its own session: Ctrl-C is meant for the owner.
    tether = subprocess.Popen(
        [sys.executable, "-I", "-S", TETHER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=None if env is None else dict(env),
        start_new_session=True,
    )
    _given(tether.stdin).write(json.dumps(order) + "\n")
    _given(tether.stdin).flush()
    return tether


def _given(pipe: IO[str] | None) -> IO[str]:
    # Optional in Popen's type only: both pipes were asked for.
    return cast("IO[str]", pipe)


@contextlib.contextmanager
def scratch_folder(name: str) -> Iterator[Path]:
    """A new folder for one server, whose tether removes it; or this does, when the start fails."""
    folder = Path(tempfile.mkdtemp(prefix=f"blog-{name}-"))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def on_free_port(start: Callable[[int], Started]) -> Started:
    """Call `start` with a free port, and with another when somebody was quicker."""
    for _ in range(2):
        with contextlib.suppress(PortTaken):
            return start(free_port())
    return start(free_port())


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
