"""What is counted: stages that were built, and whether every part came."""

from blog_core.api import Counter, Metrics, MetricSpec

LOADS = MetricSpec(
    "blog_workflow_loads_total",
    "counter",
    "Stages that were built (not found in the cache), by whether every part came",
    {"outcome": ("complete", "partial")},
)
METRICS = (LOADS,)


class Counts:
    """The counters, bound once."""

    def __init__(self, metrics: Metrics) -> None:
        self.complete: Counter = metrics.counter(LOADS.name, outcome="complete")
        self.partial: Counter = metrics.counter(LOADS.name, outcome="partial")
