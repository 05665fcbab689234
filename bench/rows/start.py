"""How long it takes until something can be used."""

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.declare import Comparison, Metric, Sample, at_most, benchmark
from blog_core.testing.services import WebServer

TIMED = """
import time
began = time.perf_counter()
{statement}
print(time.perf_counter() - began)
"""


def timed_ms(statement: str) -> Sample:
    """The time of one statement in a new interpreter, whose own start is not counted."""
    command = [sys.executable, "-c", TIMED.format(statement=statement)]
    seconds = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Sample((float(seconds) * 1000,))


@benchmark("import", Metric("time", "ms"), repeats=9)
def import_time() -> Iterator[Comparison]:
    """The price of the import for every command and worker."""
    yield Comparison(
        ours=lambda: timed_ms("from blog_core import create_app"),
        others=lambda: timed_ms("import flask, flask_sqlalchemy"),
        note="create_app against flask with flask_sqlalchemy",
    )


def demo_s(folder: Path) -> Sample:
    """From `dev.py run` in an environment that is set up, to the first answer."""

    def run(port: int) -> list[str]:
        return [sys.executable, "dev.py", "run", "--folder", str(folder), "--port", str(port)]

    began = time.perf_counter()
    with WebServer.start(run):
        return Sample((time.perf_counter() - began,))


@benchmark("warm start", Metric("first answer", "s", at_most(3.0)), repeats=3)
def warm_start() -> Iterator[Comparison]:
    """`dev.py run` with a demo that was there before."""
    with tempfile.TemporaryDirectory() as folder:
        demo_s(Path(folder))
        yield Comparison(lambda: demo_s(Path(folder)), note="dev.py run to the first answer")


@benchmark("cold start", Metric("first answer", "s"), repeats=3)
def cold_start() -> Iterator[Comparison]:
    """`dev.py run` for the first time, the environment being installed."""
    with contextlib.ExitStack() as folders:

        def fresh() -> Path:
            return Path(folders.enter_context(tempfile.TemporaryDirectory()))

        yield Comparison(lambda: demo_s(fresh()), note="the same, with an empty folder")
