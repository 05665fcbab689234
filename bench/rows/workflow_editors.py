"""Two editors at once: what of their acknowledged saves is lost. BENCH_INTERLEAVINGS: how many."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from bench.declare import Comparison, Metric, Sample, at_most, benchmark
from bench.two_editors import Outcome, interleave
from blog_core.testing.trial import TrialBlog

INTERLEAVINGS = int(os.environ.get("BENCH_INTERLEAVINGS", "10000"))
CARELESS = max(1, INTERLEAVINGS // 20)
_NEW_POST_AFTER = 50
"""A post's history grows with each interleaving; a new one keeps them alike."""


@benchmark(
    "workflow, two editors",
    Metric("lost updates", "", at_most(0)),
    Metric("merged by field", ""),
    Metric("conflicts shown", ""),
    Metric("acknowledged saves", ""),
    repeats=1,
)
def two_editors() -> Iterator[Comparison]:
    """Random interleavings; beside them some of editors who do not say what they saw."""
    with tempfile.TemporaryDirectory(prefix="blog-bench-") as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'blog.db'}"
        blog = TrialBlog(folder, database_url=url, plugins=["workflow"])
        try:
            with blog.site.activate():
                yield Comparison(
                    _measured(blog, INTERLEAVINGS, is_careful=True),
                    _measured(blog, CARELESS, is_careful=False),
                    note=f"{INTERLEAVINGS:,} interleavings, against {CARELESS:,} without versions",
                )
        finally:
            blog.close()


def _measured(blog: TrialBlog, count: int, *, is_careful: bool) -> Callable[[], Sample]:
    def measure() -> Sample:
        outcome, random, post_id = Outcome(), Random(6), 0
        for number in range(count):
            if number % _NEW_POST_AFTER == 0:
                post_id = blog.post(f"Post {number} {is_careful}", published=False)
            interleave(blog.site, post_id, random, outcome, is_careful=is_careful)
        return Sample((outcome.lost, outcome.merged, outcome.conflicts, outcome.saves))

    return measure
