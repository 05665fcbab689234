"""Make the cache of one blog from its settings and what its host offers."""

import random
import time
from typing import TYPE_CHECKING

from blog_core.api import Setup

from .host_locks import HostLocks
from .leases import Leases
from .mounting import looks_before_flask, put_before_flask
from .provider import BlogCache
from .settings import CacheSettings
from .shelf import Shelf

if TYPE_CHECKING:
    from .redis_tier import RedisTier
    from .redis_watch import RedisWatch


def open_cache(setup: Setup) -> BlogCache:
    """The cache, with every level that can be had here; what is missing is logged."""
    settings = setup.section(CacheSettings)
    locks, shelf = _shared(setup, settings) if setup.stamps.is_shared else (None, None)
    levels = {
        "shared-stamps": setup.stamps.is_shared,
        "process-leases": shelf is not None,
        "page-layer": looks_before_flask(setup, settings),
    }
    remote, watch = _remote(setup, settings, locks)
    cache = BlogCache(
        max_bytes=settings.max_bytes,
        stamps=setup.stamps,
        leases=Leases(locks if shelf is not None else None),
        shelf=shelf,
        policy=settings.policy(setup.core.serve.threads),
        metrics=setup.metrics,
        now_s=time.time,
        random=random.Random().random,  # noqa: S311 - it spreads lifetimes, it guards nothing
        levels=frozenset(name for name, is_held in levels.items() if is_held),
        remote=remote,
        watch=watch,
    )
    if "page-layer" in cache.levels:
        put_before_flask(setup, settings, cache)
    return cache


def _shared(setup: Setup, settings: CacheSettings) -> tuple[HostLocks | None, Shelf | None]:
    """Locks and memory shared by the processes of this host."""
    folder = setup.data_dir / "run"
    if not settings.shared_bytes:
        return None, None
    try:
        locks = HostLocks(folder / "locks" / "keys")
        return locks, Shelf(folder, settings.shared_bytes, locks)
    except OSError as problem:
        setup.logger.warning(
            "Each worker keeps its own cache: %s cannot be shared (%s). Make the folder writable, "
            "with room on the disk, or set [cache] shared_bytes = 0.",
            problem.filename or folder,
            problem.strerror,
        )
        return None, None


def _remote(
    setup: Setup, settings: CacheSettings, locks: HostLocks | None
) -> "tuple[RedisTier | None, RedisWatch | None]":
    """Redis, if one is set. Nothing is asked of it yet."""
    url = settings.redis_url.get_secret_value()
    if not url:
        return None, None
    from .redis_opening import open_redis

    return open_redis(setup, settings, url, locks)
