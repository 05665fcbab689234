"""Counters, gauges and histograms, kept by each worker in its own shared segment."""

from blog_core.metrics.declare import SECONDS_BUCKETS, Kind, MetricError, MetricSpec
from blog_core.metrics.instruments import Counter, Gauge, Histogram
from blog_core.metrics.registry import Metrics
from blog_core.metrics.ring import Ring
from blog_core.metrics.tally import Counted, Tallied, Tally

__all__ = [
    "SECONDS_BUCKETS",
    "Counted",
    "Counter",
    "Gauge",
    "Histogram",
    "Kind",
    "MetricError",
    "MetricSpec",
    "Metrics",
    "Ring",
    "Tallied",
    "Tally",
]
