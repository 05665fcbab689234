"""What the page cache counts: answers of each cached route, by what became of them.

`ready` are hits that a page layer before Flask served; all others passed through Flask.
"""

from blog_core.metrics import Counter, Metrics, MetricSpec

OUTCOMES = (
    "hit",
    "ready",
    "missing",
    "stale-if-error",
    "stored",
    "not stored",
    "no-cache",
    "cookie",
    "authorization",
    "method",
    "query",
    "transaction",
    "contended",
)
ANSWERS = MetricSpec(
    "blog_page_answers_total",
    "counter",
    "Answers of cached routes: from the cache, built and stored, or why not",
    {"route": (), "outcome": OUTCOMES},
)
UNSUPPORTED = MetricSpec(
    "blog_cache_unsupported_total", "counter", "Values not stored because of their type"
)


class PageCounts:
    """Counters of one blog, each bound when it is first used."""

    def __init__(self, metrics: Metrics) -> None:
        metrics.declare(ANSWERS, UNSUPPORTED)
        self._metrics = metrics
        self._answers: dict[tuple[str, str], Counter] = {}
        self.unsupported = metrics.counter(UNSUPPORTED.name)

    def answers(self, route: str, outcome: str) -> Counter:
        """The counter of one outcome of a route."""
        counter = self._answers.get((route, outcome))
        if counter is None:
            counter = self._metrics.counter(ANSWERS.name, route=route, outcome=outcome)
            self._answers[route, outcome] = counter
        return counter
