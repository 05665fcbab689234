"""What the pool costs: statements through it against those on a raw connection held open."""

import contextlib
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.declare import Comparison, Measure, Metric, Prepare, Sample, benchmark
from blog_core.testing.services import PostgresServer
from blog_core.testing.trial import TrialBlog

SECONDS = 2.0
POOL_SIZE = 16
ONE = "SELECT 1"


def _pool(threads: int) -> Prepare:
    def prepare() -> Iterator[Comparison]:
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(PostgresServer.start())
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="blog-pool-")))
            blog = TrialBlog(
                folder,
                database_url=server.create_database(),
                plugins=["db_opt"],
                db_opt={"pool_size": POOL_SIZE},
            )
            stack.callback(blog.close)
            yield Comparison(
                _rate(threads, lambda: _through_pool(blog)),
                _rate(threads, lambda: _held(stack, blog)),
                note="checkout, SELECT 1, give back, against SELECT 1 on a connection of each "
                "thread; postgresql",
            )

    return prepare


def _through_pool(blog: TrialBlog) -> Callable[[], object]:
    """Borrows as the raw side holds: with the driver's cursor, so that the pool alone differs."""
    engine = blog.engine

    def ask() -> None:
        connection = engine.raw_connection()
        try:
            _ask(connection)
        finally:
            connection.close()

    return ask


def _held(stack: contextlib.ExitStack, blog: TrialBlog) -> Callable[[], object]:
    arguments, options = blog.engine.dialect.create_connect_args(blog.engine.url)
    connection = blog.engine.dialect.loaded_dbapi.connect(*arguments, **options)
    stack.callback(connection.close)

    def ask() -> None:
        _ask(connection)
        connection.rollback()

    return ask


def _ask(connection: Any) -> None:
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.execute(ONE)
        cursor.fetchall()


def _rate(threads: int, make: Callable[[], Callable[[], object]]) -> Measure:
    """Statements a second of all threads together; each has its own `make()`."""

    def measure() -> Sample:
        asking = [make() for _ in range(threads)]
        counts = [0] * threads
        over = threading.Event()

        def work(number: int) -> None:
            while not over.is_set():
                asking[number]()
                counts[number] += 1

        workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
        began = perf_counter()
        for worker in workers:
            worker.start()
        over.wait(SECONDS)
        over.set()
        for worker in workers:
            worker.join()
        return Sample((sum(counts) / (perf_counter() - began),))

    return measure


for _threads in (1, 16):
    benchmark(
        f"db pool, {_threads} thread{'s' if _threads > 1 else ''}",
        Metric("SELECT 1", "statements/s"),
        repeats=5,
    )(_pool(_threads))
