"""Several hosts on one Valkey: they share entries, hear of changes, and survive its outages."""

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask

from blog_core.api import ALL, CacheTags, Stamps
from blog_core.testing.services import ValkeyServer
from plugins.cache.host_locks import HostLocks
from plugins.cache.leases import Leases
from plugins.cache.provider import BlogCache
from plugins.cache.redis_server import RedisServer
from plugins.cache.redis_state import HostState
from plugins.cache.redis_tier import RedisTier
from plugins.cache.redis_watch import RedisWatch
from plugins.cache.sealing import Seal
from plugins.cache.shelf import Shelf
from tests.plugins.cache.conftest import MIB, CacheMaker

KEY = "blog:blog:abcdef01:page:1"
TAGS = frozenset({"post:1", "posts"})
LOG = logging.getLogger("tests.redis")


class Host:
    """One host: its shared files, and as many processes as a test opens."""

    def __init__(self, name: str, folder: Path, url: str, cache_of_process: CacheMaker) -> None:
        self.name, self.folder, self.url = name, folder, url
        self._make = cache_of_process
        self.touched: CacheTags | None = frozenset()

    def process(self, **more: Any) -> BlogCache:
        """The cache of one more process of this host, connected to Redis."""
        locks, stamps = HostLocks(self.folder / "locks"), Stamps(self.folder / "stamps")
        tier = RedisTier(
            RedisServer(Flask(__name__), self.url, scope="blog:test", connections=12),
            state=HostState(self.folder / "redis"),
            seal=Seal(more.pop("secret", b"")),
            origin=self.name,
            now_s=time.time,
        )
        watch = RedisWatch(
            tier, stamps=stamps, locks=locks, touched_since=lambda since_s: self.touched, log=LOG
        )
        cache = self._make(
            stamps=stamps,
            leases=Leases(locks),
            shelf=Shelf(self.folder, 4 * MIB, locks),
            now_s=time.time,
            remote=tier,
            watch=watch,
            **more,
        )
        watch.start()
        until(lambda: tier.is_usable)
        return cache


HostMaker = Callable[..., Host]


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    """A Valkey that a test may freeze, stop and fill."""
    with ValkeyServer.start() as server:
        yield server


@pytest.fixture
def host(tmp_path: Path, valkey: ValkeyServer, cache_of_process: CacheMaker) -> Iterator[HostMaker]:
    """`host("a")` is a host with shared files of its own."""
    with ExitStack() as opened:

        def make(name: str) -> Host:
            folder = tmp_path / name
            folder.mkdir(exist_ok=True)

            def tracked(**more: Any) -> BlogCache:
                cache = cache_of_process(**more)
                assert cache.watch is not None
                opened.callback(cache.watch.close)
                return cache

            return Host(name, folder, valkey.url, tracked)

        yield make


def until(holds: Callable[[], bool], within_s: float = 20.0) -> float:
    """Wait until it holds; how long that took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within_s, "it never held"
        time.sleep(0.002)
    return time.monotonic() - began


def store(cache: BlogCache, value: bytes = b"page", **more: Any) -> bool:
    more = {"ttl_s": 60.0, "cache_tags": TAGS, **more}
    with cache.lease(more.pop("key", KEY), 0.0) as lease:
        return cache.put(lease, value, **more)


def value_of(cache: BlogCache, key: str = KEY) -> bytes | None:
    entry = cache.get(key)
    return entry.value if entry else None


def client(valkey: ValkeyServer) -> redis.Redis:
    return redis.Redis.from_url(valkey.url)


# --- sharing --------------------------------------------------------------------------------------


def test_what_one_host_builds_another_gets(host: HostMaker) -> None:
    ours, theirs = host("a").process(), host("b").process()
    assert store(ours)
    assert value_of(theirs) == b"page"


def test_an_invalidation_reaches_the_other_host(host: HostMaker) -> None:
    ours, theirs = host("a").process(), host("b").process()
    for number in range(30):
        assert store(ours, str(number).encode())
        assert value_of(theirs) == str(number).encode()
        ours.invalidate(frozenset({"posts"}))
        assert value_of(ours) is None
        until(lambda: value_of(theirs) is None, within_s=1.0)


@pytest.mark.parametrize("what", [frozenset({"posts"}), ALL])
def test_redis_never_gives_back_what_was_invalidated(host: HostMaker, what: Any) -> None:
    ours = host("a").process()
    store(ours)
    ours.invalidate(what)
    assert value_of(host("fresh").process()) is None


def test_an_invalidation_of_other_tags_leaves_an_entry(host: HostMaker) -> None:
    ours = host("a").process()
    store(ours)
    ours.invalidate(frozenset({"post:2"}))
    assert value_of(host("b").process()) == b"page"


def test_a_value_built_before_an_invalidation_is_not_used_on_any_host(host: HostMaker) -> None:
    ours, theirs = host("a").process(), host("b").process()
    with ours.lease(KEY, 0.0) as lease:
        theirs.invalidate(TAGS)
        ours.put(lease, b"old", ttl_s=60, cache_tags=TAGS)
    assert value_of(host("fresh").process()) is None
    until(lambda: value_of(ours) is None, within_s=1.0)


def test_one_process_of_a_host_listens_and_another_takes_over(host: HostMaker) -> None:
    here, theirs = host("a"), host("b").process()
    first, second = here.process(), here.process()
    assert first.watch is not None
    first.watch.close()
    store(second)
    time.sleep(2.5)  # the second asks each second whether it is to listen
    store(second)
    theirs.invalidate(TAGS)
    until(lambda: value_of(second) is None, within_s=1.0)


def test_keys_of_any_length_and_content_are_shared(host: HostMaker) -> None:
    ours, theirs = host("a").process(), host("b").process()
    for key in ("", "ü/漢 \n\0", "k" * 5_000, "\ud800"):
        assert store(ours, key=key, value=key.encode("utf-8", "surrogatepass"))
        assert value_of(theirs, key) == key.encode("utf-8", "surrogatepass")


def test_every_entry_in_redis_ends_by_itself(host: HostMaker, valkey: ValkeyServer) -> None:
    store(host("a").process())
    found = client(valkey)
    names = set(found.scan_iter()) - {b"blog:test:stamps"}
    assert names
    assert all(0 < found.ttl(name) <= 60 for name in names)


# --- planted values -------------------------------------------------------------------------------


def test_foreign_bytes_are_a_miss(host: HostMaker, valkey: ValkeyServer) -> None:
    ours = host("a").process()
    for planted in (b"", b"\x80\x04N.", b"\x01", b"\x01\x93", os.urandom(200), b"!\x80\x04."):
        client(valkey).set(KEY, planted)
        assert ours.get(KEY) is None


def test_an_entry_copied_to_another_key_is_a_miss(host: HostMaker, valkey: ValkeyServer) -> None:
    store(host("a").process())
    raw = client(valkey).get(KEY)
    client(valkey).set("blog:blog:abcdef01:page:2", raw)  # type: ignore[arg-type]
    assert value_of(host("b").process(), "blog:blog:abcdef01:page:2") is None


def test_with_signatures_only_those_who_have_the_secret_are_believed(host: HostMaker) -> None:
    signed = host("a").process(secret=b"one")
    store(signed)
    assert value_of(host("b").process(secret=b"one")) == b"page"
    assert value_of(host("c").process(secret=b"another")) is None
    assert value_of(host("d").process()) is None
    store(host("e").process(), key="unsigned")
    assert value_of(host("f").process(secret=b"one"), "unsigned") is None


# --- outages --------------------------------------------------------------------------------------


def freeze(valkey: ValkeyServer) -> None:
    valkey.freeze()


def stop(valkey: ValkeyServer) -> None:
    valkey.stop()


@pytest.mark.parametrize("outage", [freeze, stop])
def test_an_outage_costs_one_short_wait_and_no_error(
    host: HostMaker, valkey: ValkeyServer, outage: Callable[[ValkeyServer], None]
) -> None:
    ours = host("a").process()
    store(ours)
    outage(valkey)
    waits = []
    for number in range(50):
        began = time.monotonic()
        assert value_of(ours) == b"page"
        assert value_of(ours, f"cold {number}") is None
        store(ours, key=f"cold {number}")
        waits.append(time.monotonic() - began)
    waits.sort()
    assert waits[-1] < 0.5
    assert waits[-3] < 0.1
    assert ours.remote is not None
    assert not ours.remote.is_usable
    assert ours.remote.fault


@pytest.mark.parametrize("missed", [frozenset(), frozenset({"posts"}), None])
def test_what_was_invalidated_in_an_outage_does_not_come_back(
    host: HostMaker, valkey: ValkeyServer, missed: CacheTags | None
) -> None:
    here = host("a")
    ours = here.process()
    store(ours)
    valkey.freeze()
    here.touched = missed  # None: the database cannot be asked either
    began = time.monotonic()
    ours.invalidate(frozenset({"posts"}))
    assert time.monotonic() - began < 0.5
    assert value_of(ours) is None
    valkey.thaw()
    assert ours.remote is not None
    until(lambda: ours.remote.is_usable)  # type: ignore[union-attr]
    assert value_of(ours) is None
    assert value_of(host("fresh").process()) is None
    assert store(ours)


def test_no_process_of_a_host_uses_redis_before_it_knows_what_one_could_not_tell(
    host: HostMaker, valkey: ValkeyServer
) -> None:
    here = host("a")
    ours, sibling = here.process(), here.process()
    store(ours)
    assert ours.remote is not None
    assert sibling.remote is not None
    ours.remote.state.fell_behind(time.time(), TAGS)
    assert not sibling.remote.is_usable
    until(lambda: sibling.remote.is_usable)  # type: ignore[union-attr]


def test_a_server_that_was_flushed_gives_misses_and_is_used_again(
    host: HostMaker, valkey: ValkeyServer
) -> None:
    ours = host("a").process()
    store(ours)
    client(valkey).flushall()
    assert value_of(host("b").process()) is None
    until(lambda: store(ours) and client(valkey).exists(KEY) == 1)
    assert value_of(host("c").process()) == b"page"


def test_a_server_set_back_to_yesterday_gives_nothing_old(
    host: HostMaker, valkey: ValkeyServer
) -> None:
    here = host("a")
    ours, found = here.process(), client(valkey)
    store(ours, b"old")
    yesterday: dict[bytes, Any] = {key: found.dump(key) for key in found.scan_iter()}
    ours.invalidate(TAGS)
    assert ours.remote is not None
    until(lambda: ours.remote.state.seen > 0)  # type: ignore[union-attr]
    time.sleep(0.1)
    for key, dumped in yesterday.items():
        found.restore(key, 0, dumped, replace=True)
    assert value_of(ours) is None
    until(lambda: ours.remote.is_usable)  # type: ignore[union-attr]
    assert value_of(host("fresh").process()) is None


def test_a_full_server_refuses_entries_and_nobody_notices(
    host: HostMaker, valkey: ValkeyServer
) -> None:
    ours, found = host("a").process(), client(valkey)
    store(ours)
    used = int(found.info("memory")["used_memory"])
    found.config_set("maxmemory", used)
    assert store(ours, b"later")
    assert value_of(ours) == b"later"
    ours.invalidate(TAGS)
    assert value_of(ours) is None
    found.config_set("maxmemory", 0)
    assert ours.remote is not None
    until(lambda: ours.remote.is_usable)  # type: ignore[union-attr]
    assert value_of(host("fresh").process()) is None


def test_what_a_refused_value_would_have_replaced_is_gone_from_redis(
    host: HostMaker, valkey: ValkeyServer
) -> None:
    ours, theirs = host("a").process(), host("b").process()
    assert store(ours)
    assert not store(ours, bytes(MIB))
    assert value_of(ours) is None
    assert value_of(theirs) is None
    assert store(ours)
    found = client(valkey)
    found.config_set("maxmemory", int(found.info("memory")["used_memory"]))
    assert store(ours, b"later")
    found.config_set("maxmemory", 0)
    assert value_of(theirs) is None


def test_a_restarted_server_is_used_again(host: HostMaker, valkey: ValkeyServer) -> None:
    ours = host("a").process()
    store(ours)
    valkey.stop()
    assert store(ours, b"meanwhile")
    with ValkeyServer.start(port=valkey.port):
        assert ours.remote is not None
        until(lambda: ours.remote.is_usable)  # type: ignore[union-attr]
        assert store(ours, b"again")
        assert value_of(host("b").process()) == b"again"


@pytest.mark.parametrize("tag", ["", "a\nb"])
def test_a_tag_that_no_line_holds_is_made_good_by_ending_everything(tag: str) -> None:
    state = HostState(None)
    state.fell_behind(1.0, ["posts"])
    assert not state.lacks_everything
    state.fell_behind(2.0, [tag])
    assert state.lacks_everything
