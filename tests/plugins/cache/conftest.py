"""Caches as the plugin opens them, in as many processes' places as a test wants."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from blog_core.api import CachePolicy, Metrics, Stamps
from blog_core.testing.trial import TrialBlog
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


BlogMaker = Callable[..., TrialBlog]


@pytest.fixture
def make_blog(tmp_path: Path) -> Iterator[BlogMaker]:
    """`make_blog(database_url)` makes a blog with this plugin and the clock of the machine."""
    with ExitStack() as opened:

        def make(database_url: str, **config: Any) -> TrialBlog:
            config = {"plugins": ["cache"], "database_url": database_url, **config}
            blog = TrialBlog(tmp_path / "data", **config)
            blog.site.clock = lambda: datetime.now(UTC)
            # The first look at a database takes everything as touched; not in the midst of a test.
            blog.site.changes.relay.look_now()
            opened.callback(blog.close)
            return blog

        yield make


@pytest.fixture
def blog(make_blog: BlogMaker, database_url: str) -> TrialBlog:
    """A blog with this plugin, once on each database."""
    return make_blog(database_url)
