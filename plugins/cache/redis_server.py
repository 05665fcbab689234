"""Redis or Valkey as this plugin uses it: short time limits, no retries, and nothing but bytes.

Stamps there are numbers: each invalidation gets the next one and writes it to its tags. An entry is
valid while none of its tags has a number above the one that was current before it was built. All
of them are one hash, with the epoch in it, so that a server which lost something has lost them all.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, cast

import redis
from cachelib.serializers import BaseSerializer
from flask import Flask
from flask_caching import Cache as FlaskCaching
from redis.backoff import NoBackoff
from redis.retry import Retry

from .record import name_of

TIMEOUT_S = 0.05
_EPOCH, _NUMBER = "epoch", "number"

_INVALIDATE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return redis.error_reply('NOEPOCH') end
local number = redis.call('HINCRBY', KEYS[1], 'number', 1)
for i = 3, #ARGV do redis.call('HSET', KEYS[1], ARGV[i], number) end
redis.call('PUBLISH', ARGV[1], number .. ' ' .. ARGV[2])
return number
"""
_MOVE_EPOCH = """
local number = tonumber(redis.call('HGET', KEYS[1], 'number') or '0')
number = math.max(number, tonumber(ARGV[4])) + 1
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'epoch', ARGV[3], 'number', number)
redis.call('PUBLISH', ARGV[1], number .. ' ' .. ARGV[2])
return number
"""


@dataclass(frozen=True, slots=True)
class RedisMoment:
    """What was current in Redis before something was built."""

    epoch: str
    number: int


class _Bytes(BaseSerializer):
    """Payloads are bytes already; anything else that is found is nobody's."""

    def dumps(self, value: Any, protocol: int = 0) -> bytes:
        return cast("bytes", value)

    def loads(self, bvalue: Any) -> Any:
        return bvalue


class RedisServer:
    """One server, for one blog. Calls raise `redis.RedisError` when the server is not well."""

    def __init__(self, app: Flask, url: str, *, scope: str, connections: int) -> None:
        self.client = redis.Redis(connection_pool=_pool(url, connections))
        self._stamps, self.channel = f"{scope}:stamps", f"{scope}:invalidated"
        flask_caching = FlaskCaching(with_jinja2_ext=False)
        flask_caching.init_app(app, _config(self.client))
        self._entries = app.extensions["cache"][flask_caching]
        self._invalidate = self.client.register_script(_INVALIDATE)
        self._move_epoch = self.client.register_script(_MOVE_EPOCH)

    # --- entries ------------------------------------------------------------------------------

    def get(self, key: str) -> object:
        """What is stored under the key, unchecked."""
        return self._entries.get(_plain(key))

    def put(self, key: str, sealed: bytes, ttl_s: float) -> None:
        """Store bytes for a while."""
        self._entries.set(_plain(key), sealed, timeout=max(1, int(ttl_s)))

    def remove(self, key: str) -> None:
        """Drop what is stored under the key."""
        self._entries.delete(_plain(key))

    # --- stamps -------------------------------------------------------------------------------

    def moment(self) -> RedisMoment | None:
        """What is current; None when the server knows no epoch."""
        epoch, number = self._hash(_EPOCH, _NUMBER)
        return RedisMoment(epoch.decode(), int(number)) if epoch and number else None

    def stamps(self, cache_tags: Iterable[str]) -> tuple[RedisMoment | None, int]:
        """What is current, and the highest number of these tags."""
        epoch, number, *numbers = self._hash(_EPOCH, _NUMBER, *map(_slot, cache_tags))
        moment = RedisMoment(epoch.decode(), int(number)) if epoch and number else None
        return moment, max((int(found) for found in numbers if found), default=0)

    def invalidate(self, cache_tags: Iterable[str], news: bytes) -> int:
        """Move these tags and tell the other hosts; the number of this invalidation."""
        slots = map(_slot, cache_tags)
        return int(self._invalidate(keys=[self._stamps], args=[self.channel, news, *slots]))

    def move_epoch(self, news: bytes, above: int = 0) -> int:
        """Make every entry invalid and tell the other hosts; the number of this invalidation."""
        epoch = secrets.token_hex(8)
        return int(self._move_epoch(keys=[self._stamps], args=[self.channel, news, epoch, above]))

    def _hash(self, *fields: str) -> list[bytes | None]:
        return cast("list[bytes | None]", self.client.hmget(self._stamps, list(fields)))


def _pool(url: str, connections: int) -> redis.BlockingConnectionPool:
    return redis.BlockingConnectionPool.from_url(
        url,
        max_connections=connections,
        timeout=TIMEOUT_S,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
        socket_keepalive=True,
        client_name="blog-cache",
    )


def _config(client: redis.Redis) -> dict[str, Any]:
    """Ours alone: nothing of what the app may have set for a Flask-Caching of its own."""
    return {
        "CACHE_TYPE": "RedisCache",
        "CACHE_REDIS_HOST": client,
        "CACHE_REDIS_URL": None,
        "CACHE_REDIS_PASSWORD": None,
        "CACHE_KEY_PREFIX": None,
        "CACHE_SERIALIZER": _Bytes(),
        "CACHE_ARGS": [],
        "CACHE_OPTIONS": None,
    }


def _plain(key: str) -> str:
    """The key itself, or a digest for what is long or not plain text."""
    return key if len(key) <= 256 and key.isascii() else f"blog:#{name_of(key).hex()}"


def _slot(cache_tag: str) -> str:
    """One of 65,536 fields; two tags that share one only end more than they must."""
    return blake2b(cache_tag.encode("utf-8", "surrogatepass"), digest_size=2).hexdigest()
