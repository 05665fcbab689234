"""How long it takes until something can be used."""

import subprocess
import sys
from collections.abc import Iterator

from bench.declare import Comparison, Metric, Sample, benchmark

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
