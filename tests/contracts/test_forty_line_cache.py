"""The 40-line cache sits the exam: bare, and behind the guard."""

import pytest

from blog_core.changes import Stamps
from blog_core.host import Patience
from blog_core.host.guards import METRICS, GuardedCache
from blog_core.metrics import Metrics
from blog_core.ports import Cache
from blog_core.testing.contracts import CacheContract

from .forty_line_cache import SmallCache


class TestSmallCache(CacheContract):
    @pytest.fixture
    def cache(self) -> Cache:
        return SmallCache(Stamps(None))


class TestGuardedCache(CacheContract):
    @pytest.fixture
    def cache(self) -> Cache:
        metrics = Metrics()
        metrics.declare(*METRICS)
        return GuardedCache(SmallCache(Stamps(None)), "small", metrics, Patience())


def test_it_stays_within_its_bound() -> None:
    cache = SmallCache(Stamps(None), max_entries=3)
    for number in range(5):
        with cache.lease(str(number), 0.0) as lease:
            cache.put(lease, b"x", ttl_s=60, cache_tags=frozenset())
    held = [number for number in range(5) if cache.get(str(number))]
    assert held == [2, 3, 4]
