"""What Flask itself costs: the yardstick beside which the blog's pages are read."""

from collections.abc import Iterator

from bench.declare import Comparison, Metric, benchmark
from bench.serving import loaded, serving_answer
from bench.sites import Answer

PAGE = Answer(
    status="200 OK",
    headers=[("Content-Type", "text/html; charset=utf-8"), ("Content-Length", "20000")],
    body="x" * 20_000,
)


@benchmark(
    "constant flask view", Metric("requests", "1/s"), Metric("server CPU", "us/request"), repeats=3
)
def constant_flask_view() -> Iterator[Comparison]:
    """A Flask view that returns a string, against a WSGI callable that returns the same."""
    with serving_answer("constant_flask", PAGE) as flask, serving_answer("bare", PAGE) as bare:
        yield Comparison(loaded(flask), loaded(bare), note="against a bare WSGI callable, 20 kB")
