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
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

STOP_WITHIN_S = 10
LAST_WORDS_CHARS = 2000


def main() -> int:
    """Carry out the order; the exit code is the server's."""
    signal.signal(signal.SIGTERM, release)
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=follow_owner, daemon=True).start()
    try:
        return run(order)
    finally:
        last_words = Path(order["log"]).read_text(errors="replace")[-LAST_WORDS_CHARS:]
        shutil.rmtree(order["folder"], ignore_errors=True)
        tell(last_words)


def release(number: int, _frame: FrameType | None) -> None:
    """Leave what is being waited for; a second signal must not disturb the stopping."""
    signal.signal(number, signal.SIG_IGN)
    sys.exit(1)


def follow_owner() -> None:
    """Wait for the end of standard input, then have the main thread stop."""
    # Not sys.stdin: a thread that waits in its lock would break the interpreter's exit.
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def run(order: dict[str, Any]) -> int:
    """Run the preparing commands, then the server; tell the server's process id."""
    *preparing, serving = order["commands"]
    for command in preparing:
        with started(command, order) as process:
            if process.wait() != 0:
                return process.returncode
    with started(serving, order) as server:
        tell(f"{server.pid}\n")
        return server.wait()


def tell(text: str) -> None:
    """Tell the owner something, if it is still there."""
    with contextlib.suppress(BrokenPipeError):
        os.write(1, text.encode())


@contextlib.contextmanager
def started(command: list[str], order: dict[str, Any]) -> Iterator["subprocess.Popen[bytes]"]:
    """One command, run as the ordered user and stopped at the end, writing to the log."""
    with Path(order["log"]).open("ab") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=order["cwd"],
            **order["identity"],
        )
    try:
        yield process
    finally:
        stop(process, order["stop_signal"])


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
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
