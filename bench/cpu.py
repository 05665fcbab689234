"""What a request costs in one process: its own CPU time and the database server's, in microseconds.

Both are read from the scheduler, which does not count the time that other programs had the core. On
SQLite the database's time is the process's own.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import thread_time_ns

from flask.testing import FlaskClient
from sqlalchemy import Engine, text


class NotServed(Exception):
    """A page under test did not answer 200."""


def cost_us(client: FlaskClient, paths: Sequence[str], engine: Engine, *, rounds: int) -> float:
    """The median cost of a request to one of these paths; the first of each is not counted."""
    database_ns = _database_clock(engine)
    samples = []
    for number in range(rounds + len(paths)):
        began = thread_time_ns() + database_ns()
        answer = client.get(paths[number % len(paths)])
        cost_ns = thread_time_ns() + database_ns() - began
        if answer.status_code != 200:
            raise NotServed(f"{paths[number % len(paths)]} answers {answer.status_code}")
        if number >= len(paths):
            samples.append(cost_ns / 1000)
    return median(samples)


def _database_clock(engine: Engine) -> Callable[[], int]:
    """CPU nanoseconds of the session that the pool hands out: it holds one connection only."""
    if engine.dialect.name != "postgresql":
        return lambda: 0
    with engine.connect() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    file = Path(f"/proc/{pid}/schedstat")
    return lambda: int(file.read_text().split()[0])
