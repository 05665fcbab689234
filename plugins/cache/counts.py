"""What the cache counts, per namespace: hits by level, misses by reason, time saved, memory."""

from blog_core.api import Counter, Gauge, Metrics, MetricSpec

LEVELS = ("memory", "host", "redis", "expired")
REASONS = ("cold", "expired", "invalidated", "evicted")
OUTCOMES = ("stored", "moved", "too large")
_NAMESPACE: dict[str, tuple[str, ...]] = {"namespace": ()}

HITS = MetricSpec(
    "blog_cache_hits_total",
    "counter",
    "Look-ups answered, by the level that had the entry",
    {**_NAMESPACE, "level": LEVELS},
)
MISSES = MetricSpec(
    "blog_cache_misses_total",
    "counter",
    "Look-ups in vain that led to a lease, by reason",
    {**_NAMESPACE, "reason": REASONS},
)
STORES = MetricSpec(
    "blog_cache_stores_total",
    "counter",
    "Values given to the cache, and what became of them",
    {**_NAMESPACE, "outcome": OUTCOMES},
)
SAVED = MetricSpec(
    "blog_cache_saved_seconds_total",
    "counter",
    "Seconds of building that hits in memory saved",
    _NAMESPACE,
)
AGE = MetricSpec(
    "blog_cache_age_seconds_total",
    "counter",
    "Age in seconds of entries when memory served them, added up",
    _NAMESPACE,
)
BUILD = MetricSpec(
    "blog_cache_build_seconds_total", "counter", "Seconds from lease to store", _NAMESPACE
)
EVICTIONS = MetricSpec(
    "blog_cache_evictions_total", "counter", "Entries put out for others", _NAMESPACE
)
BYTES = MetricSpec("blog_cache_bytes", "gauge", "Memory of entries in bytes", _NAMESPACE)
ENTRIES = MetricSpec("blog_cache_entries", "gauge", "Entries in memory", _NAMESPACE)
INVALIDATED = MetricSpec(
    "blog_cache_invalidated_tags_total", "counter", "Cache tags whose entries were invalidated"
)
WAITS = MetricSpec(
    "blog_cache_waits_total", "counter", "Leases that had to wait for another builder", _NAMESPACE
)
METRICS = (
    HITS, MISSES, STORES, SAVED, AGE, BUILD, EVICTIONS, BYTES, ENTRIES, INVALIDATED, WAITS
)  # fmt: skip


class Counts:
    """The counters of one namespace, bound once."""

    def __init__(self, metrics: Metrics, namespace: str) -> None:
        def counter(spec: MetricSpec, **labels: str) -> Counter:
            return metrics.counter(spec.name, namespace=namespace, **labels)

        def gauge(spec: MetricSpec) -> Gauge:
            return metrics.gauge(spec.name, namespace=namespace)

        self.hits = {level: counter(HITS, level=level) for level in LEVELS}
        self.misses = {reason: counter(MISSES, reason=reason) for reason in REASONS}
        self.stores = {outcome: counter(STORES, outcome=outcome) for outcome in OUTCOMES}
        self.saved, self.build, self.age = counter(SAVED), counter(BUILD), counter(AGE)
        self.evictions, self.waits = counter(EVICTIONS), counter(WAITS)
        self.bytes, self.entries = gauge(BYTES), gauge(ENTRIES)
