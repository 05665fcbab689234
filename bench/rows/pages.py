"""Pages of the blog against the least that a server could do for the same answer."""

from collections.abc import Iterator

from bench.blog import sample_blog
from bench.declare import Comparison, Metric, Prepare, at_least, at_most, benchmark
from bench.serving import fetch, loaded, serving, serving_answer

# A cookie that says nothing to the blog may still belong to somebody: such a request is not cached.
SOMEBODY = {"Cookie": "bench=1"}


class NotComparable(Exception):
    """The two sides do not do the same; the text says where they differ."""


@benchmark(
    "cached page",
    Metric("requests", "1/s", at_least(0.95)),
    Metric("server CPU", "us/request", at_most(1.05)),
)
def cached_page() -> Iterator[Comparison]:
    """The home page from the cache, against a callable that holds the finished answer."""
    yield from _against_bare(revalidating=False)


@benchmark("not modified", Metric("requests", "1/s", at_least(0.95)))
def not_modified() -> Iterator[Comparison]:
    """The answer 304 to a browser that has the page, against a callable that says 304."""
    yield from _against_bare(revalidating=True)


def _against_bare(*, revalidating: bool) -> Iterator[Comparison]:
    with sample_blog() as sample, serving("blog", sample.environment) as blog:
        page = fetch(blog)
        headers = {"If-None-Match": page.header("ETag")} if revalidating else {}
        answer = fetch(blog, headers)
        if "hit" not in answer.header("Cache-Status"):
            raise NotComparable(f"the page is not cached: {answer.header('Cache-Status')}")
        if answer.status.startswith("304") != revalidating:
            raise NotComparable(f"the blog says {answer.status}")
        with serving_answer("bare", answer) as bare:
            yield Comparison(
                loaded(blog, headers=headers),
                loaded(bare, headers=headers),
                note=f"against a bare WSGI callable, {len(answer.body.encode()):,} bytes",
            )


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
