"""Pages that are made anew, against a hand-written view that makes the same."""

from collections.abc import Iterator

from bench.blog import sample_blog
from bench.declare import Comparison, Metric, Prepare, at_least, benchmark
from bench.serving import fetch, loaded, serving

# A cookie that says nothing to the blog may still belong to somebody: such a request is not cached.
SOMEBODY = {"Cookie": "bench=1"}


class NotComparable(Exception):
    """The two sides do not do the same; the text says where they differ."""


def _uncached(database: str) -> Prepare:
    def prepare() -> Iterator[Comparison]:
        with (
            sample_blog(database) as sample,
            serving("blog", sample.environment) as blog,
            serving("handwritten", sample.environment) as handwritten,
        ):
            if fetch(blog, SOMEBODY).body != fetch(handwritten).body:
                raise NotComparable("the hand-written view makes another page than the blog")
            yield Comparison(
                loaded(blog, headers=SOMEBODY, database_pids=sample.database_pids),
                loaded(handwritten, database_pids=sample.database_pids),
                note="against a Flask view: raw SQL, held connection, same template",
            )

    return prepare


for _database in ("sqlite", "postgresql"):
    benchmark(
        f"uncached home page, {_database}",
        Metric("requests", "1/s", at_least(0.6)),
        Metric("server CPU", "us/request"),
        repeats=3,
    )(_uncached(_database))
