"""Runs a server for as long as its owner lives. A program of its own, started by `tethered.py`.

The first line of standard input is the order, as JSON. After it the owner only keeps the pipe open:
when it closes it or is killed, in whatever way, the end of the file arrives here, the server is
stopped and its folder removed. Standard output tells the server's process id and, in the end, the
last words of its log.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

STOP_WITHIN_S = 10
LAST_WORDS_CHARS = 2000


class Tether:
    """One order, carried out until the server ends or the owner lets go."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._log = Path(order["log"])
        self._process: subprocess.Popen[bytes] | None = None
        self._released = False

    def run(self) -> int:
        """Run the preparing commands, then the server; the exit code is the last one's."""
        *preparing, serving = self._order["commands"]
        for command in preparing:
            code = self._start(command).wait()
            if code != 0 or self._released:
                return code
        server = self._start(serving)
        tell(f"{server.pid}\n")
        code = server.wait()
        end_group(server.pid)
        return code

    def release(self) -> None:
        """Stop what runs now, and what is about to be started."""
        self._released = True
        if self._process is not None:
            stop(self._process, self._order["stop_signal"])

    def last_words(self) -> str:
        """The end of the log."""
        return self._log.read_text(errors="replace")[-LAST_WORDS_CHARS:]

    def _start(self, command: list[str]) -> "subprocess.Popen[bytes]":
        """Start a command as the ordered user, writing to the log."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._order["cwd"],
                process_group=0,
                **self._order["identity"],
            )
        # In this order here, and the other way round in `release`, so that none is missed.
        if self._released:
            stop(self._process, self._order["stop_signal"])
        return self._process


def stop(process: "subprocess.Popen[bytes]", number: int) -> None:
    """Ask a process to end, and make it end when it does not listen."""
    if process.poll() is not None:
        return
    process.send_signal(number)
    process.send_signal(signal.SIGCONT)  # a test may have frozen it
    try:
        process.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()


def end_group(number: int) -> None:
    """End the processes that a server has left behind, as one that was killed does."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(number, signal.SIGKILL)


def follow_owner(tether: Tether) -> None:
    """Wait for the end of standard input, then let go."""
    # Not sys.stdin: a thread that waits in its lock would break the interpreter's exit.
    os.read(0, 1)
    tether.release()


def tell(text: str) -> None:
    """Tell the owner something, if it is still there."""
    with contextlib.suppress(BrokenPipeError):
        os.write(1, text.encode())


def main() -> int:
    """Carry out the order; the exit code is the server's."""
    order = json.loads(sys.stdin.readline())
    tether = Tether(order)
    # A thread: the main one holds the lock of the process that it waits for.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=tether.release).start())
    threading.Thread(target=follow_owner, args=[tether], daemon=True).start()
    last_words = ""
    try:
        code = tether.run()
        last_words = tether.last_words()
        return code
    finally:
        shutil.rmtree(order["folder"], ignore_errors=True)
        tell(last_words)


if __name__ == "__main__":
    sys.exit(main())
