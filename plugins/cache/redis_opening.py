"""Make this process's part of Redis from the settings of a blog."""

import socket
import time
from collections.abc import Callable

from sqlalchemy import bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from blog_core.api import (
    EVERYTHING,
    BlogError,
    CacheTags,
    ConfigError,
    Outbox,
    Query,
    SettingFault,
    Setup,
    digest,
    with_groups,
)

from .host_locks import HostLocks
from .redis_server import RedisServer
from .redis_state import HostState
from .redis_tier import MOST_TAGS, RedisTier
from .redis_watch import RedisWatch
from .sealing import Seal
from .settings import CacheSettings

KEPT_S = 1_800
"""How far back the outbox is asked; it keeps rows for an hour."""

_TOUCHED = Query(
    "cache_touched_since",
    select(Outbox.cache_tag)
    .where(Outbox.created_at_s >= bindparam("since_s"))
    .distinct()
    .limit(MOST_TAGS + 1),
)


def open_redis(
    setup: Setup, settings: CacheSettings, url: str, locks: HostLocks | None
) -> tuple[RedisTier, RedisWatch]:
    """The tier and its watch; Redis itself is not asked yet. Raises `ConfigError`."""
    secret = setup.core.secret_key.get_secret_value() if settings.sign else ""
    if settings.sign and not secret:
        fault = SettingFault("cache.sign", "no secret_key", "the same secret_key on every host")
        raise ConfigError([fault])
    scope = f"blog:{setup.blog}:{digest(setup.core.site_url)[:8]}"
    connections = setup.core.serve.threads + 4
    state = HostState(setup.data_dir / "run" / "redis" if locks is not None else None)
    tier = RedisTier(
        RedisServer(setup.app, url, scope=scope, connections=connections),
        state=state,
        seal=Seal(secret.encode()),
        origin=digest(socket.gethostname(), str(setup.data_dir.absolute()))[:16],
        now_s=time.time,
    )
    return tier, RedisWatch(
        tier,
        stamps=setup.stamps,
        locks=locks,
        touched_since=_outbox_reader(setup),
        log=setup.logger,
    )


def _outbox_reader(setup: Setup) -> Callable[[int], CacheTags | None]:
    """What writes touched since a time, by the database's own account of them."""

    def touched_since(since_s: int) -> CacheTags | None:
        if time.time() - since_s > KEPT_S:
            return None
        try:
            rows = setup.executor.run(_TOUCHED, {"since_s": since_s})
        except (BlogError, SQLAlchemyError):
            return None
        tags = with_groups(row["cache_tag"] for row in rows)
        return None if EVERYTHING in tags else tags

    return touched_since
