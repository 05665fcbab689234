"""The cache in figures: the counters of all workers, by namespace and by route."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from blog_core.api import Site, split_sample

from .own import own_cache

_PER_NAMESPACE = {
    "blog_cache_hits_total": ("hits", "level"),
    "blog_cache_misses_total": ("misses", "reason"),
    "blog_cache_stores_total": ("stores", "outcome"),
}
_SINGLE = {
    "blog_cache_saved_seconds_total": "saved_s",
    "blog_cache_build_seconds_total": "build_s",
    "blog_cache_age_seconds_total": "age_s",
    "blog_cache_evictions_total": "evictions",
    "blog_cache_waits_total": "waits",
    "blog_cache_bytes": "bytes",
    "blog_cache_entries": "entries",
}

BEFORE_FLASK = "before Flask"
"""The level of hits that the page layer answered."""


@dataclass(slots=True)
class NamespaceStats:
    """One namespace, over all workers. `bytes` and `entries` are those of living workers."""

    hits: dict[str, float] = field(default_factory=dict)
    misses: dict[str, float] = field(default_factory=dict)
    stores: dict[str, float] = field(default_factory=dict)
    saved_s: float = 0.0
    build_s: float = 0.0
    age_s: float = 0.0
    evictions: float = 0.0
    waits: float = 0.0
    bytes: float = 0.0
    entries: float = 0.0

    @property
    def hit_ratio(self) -> float:
        """Hits among all look-ups."""
        hits, misses = sum(self.hits.values()), sum(self.misses.values())
        return hits / (hits + misses) if hits + misses else 0.0

    @property
    def mean_age_s(self) -> float:
        """How old an entry was when it was served from memory."""
        served = self.hits.get("memory", 0.0) + self.hits.get(BEFORE_FLASK, 0.0)
        return self.age_s / served if served else 0.0


@dataclass(frozen=True, slots=True)
class Stats:
    """Everything that the cache counts."""

    namespaces: Mapping[str, NamespaceStats]
    routes: Mapping[str, Mapping[str, float]]
    invalidated_tags: float
    unsupported: float
    max_bytes: int
    levels: tuple[str, ...]
    redis: str

    def as_dict(self) -> dict[str, Any]:
        """For `blog cache stats --json`."""
        return asdict(self)


def read_stats(site: Site) -> Stats:
    """The sum over all workers of this host, dead ones' counts included.

    Pages that other workers answered within the last second may be missing.
    """
    cache = own_cache(site, "`blog cache stats`")
    namespaces: defaultdict[str, NamespaceStats] = defaultdict(NamespaceStats)
    routes: defaultdict[str, dict[str, float]] = defaultdict(dict)
    cache.memory.fast.settle()
    totals = site.metrics.sum_all()
    for sample, value in totals.items():
        name, pairs = split_sample(sample)
        labels = dict(pairs)
        if not value:
            continue
        if name in _PER_NAMESPACE:
            attribute, label = _PER_NAMESPACE[name]
            getattr(namespaces[labels["namespace"]], attribute)[labels[label]] = value
        elif name in _SINGLE:
            setattr(namespaces[labels["namespace"]], _SINGLE[name], value)
        elif name == "blog_page_answers_total":
            routes[labels["route"]][labels["outcome"]] = value
    before = sum(outcomes.get("ready", 0.0) for outcomes in routes.values())
    if before:
        namespaces["page"].hits[BEFORE_FLASK] = before
    return Stats(
        namespaces=dict(sorted(namespaces.items())),
        routes=dict(sorted(routes.items())),
        invalidated_tags=totals.get("blog_cache_invalidated_tags_total", 0.0),
        unsupported=totals.get("blog_cache_unsupported_total", 0.0),
        max_bytes=cache.memory.max_bytes,
        levels=tuple(sorted(cache.levels)),
        redis=redis_state(site),
    )


def redis_state(site: Site) -> str:
    """How Redis is, in a sentence. Asks it, for at most its time limit."""
    remote = own_cache(site, "`blog cache stats`").remote
    if remote is None:
        return "not set"
    if remote.state.is_behind:
        return "behind: it lacks invalidations of this host, and is not used until it has them"
    import redis  # slow to import, and loaded already where it is used

    try:
        moment = remote.server.moment()
    except (redis.RedisError, OSError) as error:
        return f"does not answer: {error}"
    return f"answers; {moment.number} invalidations so far" if moment else "answers, and is empty"
