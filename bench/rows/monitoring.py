"""What watching the database costs a page."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask.testing import FlaskClient

from bench.cpu import cost_us
from bench.declare import Comparison, Measure, Metric, Sample, at_most, benchmark
from blog_core.importing.seed import seed_blog
from blog_core.testing.trial import TrialBlog

ROUNDS = 300


@benchmark("db monitoring", Metric("home page", "us CPU/request", at_most(1.02)), repeats=9)
def db_monitoring() -> Iterator[Comparison]:
    """The uncached home page with db_opt (ledger, budgets, slow statements) and without it."""
    with contextlib.ExitStack() as stack:
        yield Comparison(
            _side(stack, ["db_opt"]),
            _side(stack, []),
            note="db_opt against no plugin, sqlite, uncached",
        )


def _side(stack: contextlib.ExitStack, plugins: list[str]) -> Measure:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="blog-bench-")))
    blog = TrialBlog(folder, database_url=f"sqlite:///{folder / 'blog.db'}", plugins=plugins)
    stack.callback(blog.close)
    seed_blog(blog.site, posts=200, comments=1000, on_progress=lambda *_: None)
    client: FlaskClient = blog.client()
    return lambda: Sample((cost_us(client, ["/"], blog.engine, rounds=ROUNDS),))
