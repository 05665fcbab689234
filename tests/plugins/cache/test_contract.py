"""The plugin's cache passes the exam of the cache port, alone and beside another process."""

import pytest

from blog_core.api import Cache
from blog_core.testing.contracts.cache import CacheContract
from tests.plugins.cache.conftest import CacheMaker, Clock


class TestBlogCache(CacheContract):
    @pytest.fixture
    def cache(self, cache_of_process: CacheMaker) -> Cache:
        return cache_of_process()

    @pytest.fixture(autouse=True)
    def _clock(self, clock: Clock) -> None:
        self.clock = clock

    def pass_time(self, seconds: float) -> None:
        self.clock.now_s += seconds


class TestBlogCacheWithoutSharedMemory(TestBlogCache):
    @pytest.fixture
    def cache(self, cache_of_process: CacheMaker) -> Cache:
        return cache_of_process(shelf=None)
