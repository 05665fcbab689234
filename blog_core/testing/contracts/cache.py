"""The exam of the cache port."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Barrier, Event
from typing import Any

import pytest

from blog_core.ports import ALL, Cache, Lease

LEVELS = {"shared-stamps", "process-leases", "page-layer"}
POST, OTHER = frozenset({"post:1", "posts"}), frozenset({"post:2", "posts"})


@contextmanager
def building(cache: Cache, key: str, wait_s: float = 5.0) -> Iterator[Lease]:
    """The builder's lease of a key that nobody else builds."""
    with cache.lease(key, wait_s) as lease:
        assert lease.is_builder
        yield lease


def store(cache: Cache, key: str, value: bytes, **more: Any) -> bool:
    """Build a key as the core does."""
    more = {"ttl_s": 60.0, "cache_tags": POST, **more}
    with building(cache, key) as lease:
        return cache.put(lease, value, **more)


def value_of(cache: Cache, key: str) -> bytes | None:
    """What `get` gives."""
    entry = cache.get(key)
    return None if entry is None else entry.value


class CacheContract:
    """Give `cache`: a fresh, empty cache. Override `pass_time` if it has a clock of its own."""

    @pytest.fixture
    def cache(self) -> Cache:
        """The provider under exam."""
        raise pytest.UsageError("Give this class a fixture `cache` that returns your provider.")

    def pass_time(self, seconds: float) -> None:
        """Let entries grow older by this much."""
        time.sleep(seconds)

    # --- keeping ---------------------------------------------------------------------------------

    def test_an_unknown_key_is_a_miss(self, cache: Cache) -> None:
        assert cache.get("nobody stored this") is None

    @pytest.mark.parametrize("value", [b"page", b"", bytes(range(256)), b"x" * 40_000])
    def test_what_was_stored_comes_back_byte_for_byte(self, cache: Cache, value: bytes) -> None:
        assert store(cache, "key", value) is True
        assert value_of(cache, "key") == value

    def test_an_entry_knows_its_tags_and_times(self, cache: Cache) -> None:
        store(cache, "key", b"page", ttl_s=60.0)
        entry = cache.get("key")
        assert entry is not None
        assert entry.cache_tags == POST
        # A lifetime is an upper bound: a cache may keep entries from ending all at once.
        assert 50.0 < entry.expires_at - entry.stored_at < 60.01

    @pytest.mark.parametrize("key", ["", "ü/漢 \n\0", "k" * 5_000])
    def test_a_key_may_be_any_text(self, cache: Cache, key: str) -> None:
        assert store(cache, key, b"page") is True
        assert value_of(cache, key) == b"page"
        assert cache.get(key + "x") is None

    def test_a_later_value_takes_the_place_of_the_first(self, cache: Cache) -> None:
        store(cache, "key", b"one")
        store(cache, "key", b"two")
        assert value_of(cache, "key") == b"two"

    def test_an_entry_ends_by_time(self, cache: Cache) -> None:
        store(cache, "key", b"page", ttl_s=0.2)
        store(cache, "lasting", b"page", ttl_s=600.0)
        self.pass_time(0.3)
        assert cache.get("key") is None
        assert value_of(cache, "lasting") == b"page"

    def test_its_levels_are_known_ones(self, cache: Cache) -> None:
        assert isinstance(cache.levels, frozenset)
        assert cache.levels <= LEVELS

    # --- invalidating ----------------------------------------------------------------------------

    def test_an_entry_with_an_invalidated_tag_is_gone(self, cache: Cache) -> None:
        store(cache, "one", b"1", cache_tags=POST)
        store(cache, "two", b"2", cache_tags=OTHER)
        cache.invalidate(frozenset({"post:1"}))
        assert cache.get("one") is None
        assert value_of(cache, "two") == b"2"

    def test_a_tag_that_entries_share_ends_them_all(self, cache: Cache) -> None:
        store(cache, "one", b"1", cache_tags=POST)
        store(cache, "two", b"2", cache_tags=OTHER)
        cache.invalidate(frozenset({"posts"}))
        assert cache.get("one") is None
        assert cache.get("two") is None

    def test_all_means_all(self, cache: Cache) -> None:
        store(cache, "one", b"1")
        store(cache, "two", b"2", cache_tags=frozenset())
        cache.invalidate(ALL)
        assert cache.get("one") is None
        assert cache.get("two") is None

    def test_after_an_invalidation_the_key_can_be_built_again(self, cache: Cache) -> None:
        store(cache, "key", b"old")
        cache.invalidate(POST)
        assert store(cache, "key", b"new") is True
        assert value_of(cache, "key") == b"new"

    @pytest.mark.parametrize("what", [frozenset({"post:1"}), ALL])
    def test_a_value_built_before_an_invalidation_is_refused(self, cache: Cache, what: Any) -> None:
        with building(cache, "key") as lease:
            cache.invalidate(what)
            assert cache.put(lease, b"old", ttl_s=60, cache_tags=POST) is False
        assert cache.get("key") is None

    def test_an_invalidation_of_other_tags_refuses_nothing(self, cache: Cache) -> None:
        with building(cache, "key") as lease:
            cache.invalidate(frozenset({"post:99"}))
            assert cache.put(lease, b"page", ttl_s=60, cache_tags=POST) is True
        assert value_of(cache, "key") == b"page"

    def test_a_lease_stores_under_another_key_with_the_stamps_of_its_moment(
        self, cache: Cache
    ) -> None:
        with building(cache, "key") as lease:
            cache.invalidate(frozenset({"post:2"}))
            other = replace(lease, key="other")
            assert cache.put(other, b"old", ttl_s=60, cache_tags=OTHER) is False
            assert cache.put(other, b"page", ttl_s=60, cache_tags=POST) is True
        assert value_of(cache, "other") == b"page"
        assert cache.get("key") is None

    def test_nobody_gets_an_old_value_once_its_invalidation_has_returned(
        self, cache: Cache
    ) -> None:
        committed, acknowledged, stale = [0], [0], []
        done = Event()

        def read() -> None:
            while not done.is_set():
                least = acknowledged[0]
                entry = cache.get("key")
                if entry is None:
                    with cache.lease("key", 0.01) as lease:
                        value = str(committed[0]).encode()
                        cache.put(lease, value, ttl_s=60, cache_tags=POST)
                elif int(entry.value) < least:
                    stale.append((int(entry.value), least))

        with ThreadPoolExecutor(4) as pool:
            readers = [pool.submit(read) for _ in range(4)]
            for number in range(1, 301):
                committed[0] = number
                cache.invalidate(POST)
                acknowledged[0] = number
            done.set()
            for reader in readers:
                reader.result()
        assert stale == []

    # --- leases ----------------------------------------------------------------------------------

    def test_whoever_waits_is_told_of_the_builders_value(self, cache: Cache) -> None:
        with ThreadPoolExecutor(1) as pool, building(cache, "key") as lease:
            waiting = pool.submit(cache.lease, "key", 10.0)
            time.sleep(0.05)
            assert not waiting.done()
            cache.put(lease, b"page", ttl_s=60, cache_tags=POST)
            lease.release()
            with waiting.result(10) as told:
                assert not told.is_builder
                assert value_of(cache, "key") == b"page"

    def test_of_many_at_once_one_builds(self, cache: Cache) -> None:
        start, builders = Barrier(8), []

        def ask() -> bytes | None:
            start.wait()
            with cache.lease("key", 10.0) as lease:
                if lease.is_builder and cache.get("key") is None:
                    builders.append(lease)
                    time.sleep(0.05)
                    cache.put(lease, b"page", ttl_s=60, cache_tags=POST)
            return value_of(cache, "key")

        with ThreadPoolExecutor(8) as pool:
            values = [found.result() for found in [pool.submit(ask) for _ in range(8)]]
        assert values == [b"page"] * 8
        assert len(builders) == 1

    def test_a_builder_that_gives_up_lets_the_next_one_build(self, cache: Cache) -> None:
        with ThreadPoolExecutor(1) as pool:
            with building(cache, "key"):
                waiting = pool.submit(cache.lease, "key", 10.0)
                time.sleep(0.05)
            with waiting.result(10) as next_one:
                assert next_one.is_builder

    def test_a_wait_in_vain_ends_as_builder(self, cache: Cache) -> None:
        with building(cache, "key"), cache.lease("key", 0.05) as second:
            assert second.is_builder

    def test_leases_of_different_keys_do_not_wait_for_each_other(self, cache: Cache) -> None:
        with building(cache, "one"), building(cache, "two", wait_s=0.0) as lease:
            assert cache.put(lease, b"2", ttl_s=60, cache_tags=POST) is True

    def test_giving_a_lease_back_twice_is_harmless(self, cache: Cache) -> None:
        with building(cache, "key") as lease:
            lease.release()
        with building(cache, "key", wait_s=0.0):
            pass

    def test_the_copy_that_comes_with_a_lease_ended_by_time_and_not_by_tag(
        self, cache: Cache
    ) -> None:
        store(cache, "key", b"page", ttl_s=0.2)
        self.pass_time(0.3)
        with building(cache, "key") as lease:
            assert lease.expired is None or lease.expired.value == b"page"
        cache.invalidate(POST)
        with building(cache, "key") as lease:
            assert lease.expired is None
