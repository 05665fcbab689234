"""Caches as the plugin opens them, in as many processes' places as a test wants."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from blog_core.api import CachePolicy, Metrics, Stamps
from plugins.cache.host_locks import HostLocks
from plugins.cache.leases import Leases
from plugins.cache.provider import BlogCache
from plugins.cache.shelf import Shelf

MIB = 1024 * 1024
CacheMaker = Callable[..., BlogCache]


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache_of_process(tmp_path: Path, clock: Clock) -> CacheMaker:
    """`cache_of_process()` opens the host's shared files anew, as another process would."""

    def make(**more: Any) -> BlogCache:
        folder = tmp_path / "run"
        locks = HostLocks(folder / "locks")
        return BlogCache(
            **{
                "max_bytes": 8 * MIB,
                "stamps": Stamps(folder / "stamps"),
                "leases": Leases(locks),
                "shelf": Shelf(folder, 4 * MIB, locks),
                "policy": CachePolicy(),
                "metrics": Metrics(),
                "now_s": clock,
                "random": Random(7).random,
                **more,
            }
        )

    return make


@pytest.fixture
def cache(cache_of_process: CacheMaker) -> BlogCache:
    return cache_of_process()
