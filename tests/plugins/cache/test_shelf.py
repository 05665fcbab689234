"""What the processes of a host share: whole records or none, whoever writes, dies or plants."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest

from blog_core.api import ALL, All, CacheTags
from plugins.cache.host_locks import HostLocks
from plugins.cache.provider import BlogCache
from plugins.cache.shelf import Shelf
from tests.plugins.cache.conftest import CacheMaker, Clock

MIB = 1024 * 1024


def opened(folder: Path, max_bytes: int = MIB) -> Shelf:
    """The shelf, as one more process opens it."""
    return Shelf(folder, max_bytes, HostLocks(folder / "locks"))


def test_what_one_process_puts_another_gets(tmp_path: Path) -> None:
    ours, theirs = opened(tmp_path), opened(tmp_path)
    assert ours.put("key", b"payload")
    assert theirs.get("key") == b"payload"
    assert theirs.put("key", b"later")
    assert ours.get("key") == b"later"
    assert ours.get("another") is None


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 1_000, MIB // 16 - 64])
def test_a_payload_comes_back_byte_for_byte(tmp_path: Path, size: int) -> None:
    shelf, payload = opened(tmp_path), os.urandom(size)
    for number in range(40):
        assert shelf.put(f"key {number}", payload)
        assert shelf.get(f"key {number}") == payload


def test_a_payload_larger_than_a_sixteenth_is_refused(tmp_path: Path) -> None:
    assert opened(tmp_path).put("key", bytes(MIB // 16)) is False


def test_what_a_refused_payload_would_have_replaced_is_gone(tmp_path: Path) -> None:
    ours, theirs = opened(tmp_path), opened(tmp_path)
    assert ours.put("key", b"first")
    assert ours.put("other", b"other")
    assert ours.put("key", bytes(MIB // 16)) is False
    assert theirs.get("key") is None
    assert theirs.get("other") == b"other"


def test_a_removed_payload_is_gone_and_its_key_may_be_used_again(tmp_path: Path) -> None:
    ours, theirs = opened(tmp_path), opened(tmp_path)
    assert ours.put("key", b"first")
    ours.remove("key")
    ours.remove("unknown")
    assert theirs.get("key") is None
    assert theirs.put("key", b"second")
    assert ours.get("key") == b"second"


def test_the_oldest_records_make_room(tmp_path: Path) -> None:
    shelf, random = opened(tmp_path), Random(1)
    sizes = {number: random.randrange(20_000) for number in range(500)}
    for number, size in sizes.items():
        shelf.put(f"key {number}", bytes([number % 256]) * size)
    found = {number: shelf.get(f"key {number}") for number in sizes}
    kept = [number for number, payload in found.items() if payload is not None]
    assert all(found[number] == bytes([number % 256]) * sizes[number] for number in kept)
    assert kept[-1] == 499
    assert 0.7 * MIB < sum(sizes[number] for number in kept) <= MIB


def test_a_shelf_of_another_size_does_not_disturb_the_one_in_use(tmp_path: Path) -> None:
    small = opened(tmp_path)
    small.put("key", b"payload")
    large = opened(tmp_path, 2 * MIB)
    assert large.get("key") is None
    assert small.get("key") == b"payload"
    assert small.put("other", b"payload")


WRITE = """
import sys
from pathlib import Path
from random import Random
from plugins.cache.host_locks import HostLocks
from plugins.cache.shelf import Shelf
folder, random = Path(sys.argv[1]), Random(sys.argv[2])
shelf = Shelf(folder, 1024 * 1024, HostLocks(folder / "locks"))
print("writes", flush=True)
while True:
    number = random.randrange(200)
    shelf.put(f"key {number}", bytes([number]) * random.randrange(1, 30_000))
"""


def test_readers_see_whole_records_while_writers_write_and_are_killed(tmp_path: Path) -> None:
    shelf, random, hits = opened(tmp_path), Random(9), 0
    for round_ in range(5):
        commands = [
            [sys.executable, "-c", WRITE, str(tmp_path), f"{round_} {writer}"] for writer in (1, 2)
        ]
        with ExitStack() as running:
            writers = [
                running.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
                for command in commands
            ]
            for writer in writers:
                assert writer.stdout is not None
                writer.stdout.readline()
            until = time.monotonic() + 0.3
            while time.monotonic() < until:
                number = random.randrange(200)
                payload = shelf.get(f"key {number}")
                if payload is not None:
                    hits += 1
                    assert payload == bytes([number]) * len(payload)
            for writer in writers:
                writer.kill()
        assert shelf.put("after", b"a killed writer holds up nobody")
    assert hits > 100


def test_bytes_that_nobody_here_wrote_are_a_miss(
    cache_of_process: CacheMaker, tmp_path: Path
) -> None:
    cache, random = cache_of_process(), Random(5)
    planted = Shelf(tmp_path / "run", 4 * MIB, HostLocks(tmp_path / "run" / "locks"))
    for payload in (b"", b"\x80\x04N.", b"\x97", os.urandom(300), random.randbytes(9)):
        planted.put("key", payload)
        assert cache.get("key") is None


def test_an_entry_ends_in_every_process_at_the_same_time_a_little_before_its_last(
    cache_of_process: CacheMaker, clock: Clock
) -> None:
    draws = iter([0.5, 1.0])
    ours = cache_of_process(random=lambda: next(draws))
    theirs = cache_of_process(random=lambda: 0.0)
    for key, ttl_s in (("key", 100.0), ("later", 100.0), ("short", 30.0)):
        with ours.lease(key, 0.0) as lease:
            assert ours.put(lease, b"page", ttl_s=ttl_s, cache_tags=frozenset())
    for cache in (ours, theirs):
        found = [cache.get(key) for key in ("key", "later", "short")]
        assert [entry and entry.expires_at - entry.stored_at for entry in found] == [97.5, 95, 30]
    clock.now_s += 97
    for cache in (ours, theirs):
        assert cache.get("key") is not None
        assert cache.get("later") is None
    clock.now_s += 1
    for cache in (ours, theirs, cache_of_process()):
        assert cache.get("key") is None


PAGE = "blog:blog:abcdef01:page:1"
TAGS = frozenset({"post:1"})


def stored(cache: BlogCache, key: str) -> None:
    with cache.lease(key, 0.0) as lease:
        assert cache.put(lease, b"page", ttl_s=10.0, cache_tags=TAGS)


def expired_of(cache: BlogCache, key: str) -> bytes | None:
    """What a builder of the key may fall back on."""
    with cache.lease(key, 0.0) as lease:
        assert lease.is_builder
        return lease.expired.value if lease.expired else None


def test_what_ended_by_time_may_be_used_by_a_process_that_never_had_it(
    cache_of_process: CacheMaker, clock: Clock
) -> None:
    stored(cache_of_process(), PAGE)
    restarted = cache_of_process()
    assert restarted.get(PAGE) is not None
    fresh = cache_of_process()
    clock.now_s += 86_000
    assert expired_of(fresh, PAGE) == b"page"
    assert expired_of(restarted, PAGE) == b"page"
    assert fresh.get(PAGE) is None
    clock.now_s += 500
    assert expired_of(cache_of_process(), PAGE) is None


@pytest.mark.parametrize("what", [TAGS, ALL])
@pytest.mark.parametrize("is_over", [False, True])
def test_what_was_invalidated_is_used_by_no_process_again(
    cache_of_process: CacheMaker, clock: Clock, what: CacheTags | All, is_over: bool
) -> None:
    ours, theirs = cache_of_process(), cache_of_process()
    stored(ours, PAGE)
    clock.now_s += 20 * is_over
    ours.invalidate(what)
    clock.now_s += 20
    assert expired_of(theirs, PAGE) is None
    assert expired_of(cache_of_process(), PAGE) is None


def test_a_process_that_never_had_it_gives_what_ended_while_another_builds(
    cache_of_process: CacheMaker, clock: Clock
) -> None:
    ours, theirs = cache_of_process(), cache_of_process()
    stored(ours, PAGE)
    clock.now_s += 20
    with ours.lease(PAGE, 0.0) as lease:
        assert lease.is_builder
        assert theirs.get(PAGE) is None
        with theirs.lease(PAGE, 5.0) as other:
            assert not other.is_builder
        entry = theirs.get(PAGE)
        assert entry is not None
        assert entry.value == b"page"


def test_where_nothing_old_is_used_nothing_old_is_taken_into_memory(
    cache_of_process: CacheMaker, clock: Clock
) -> None:
    key = "blog:blog:abcdef01:llm:1"
    stored(cache_of_process(), key)
    theirs = cache_of_process()
    clock.now_s += 20
    assert expired_of(theirs, key) is None
    assert not theirs.memory.items


def test_a_value_too_large_to_keep_leaves_nothing_under_its_key(
    cache_of_process: CacheMaker,
) -> None:
    ours, theirs = cache_of_process(), cache_of_process()
    for value, is_kept in ((b"first", True), (bytes(MIB), False)):
        with ours.lease("key", 0.0) as lease:
            assert ours.put(lease, value, ttl_s=60, cache_tags=frozenset()) is is_kept
    assert ours.get("key") is None
    assert theirs.get("key") is None


def test_a_record_of_one_key_does_not_answer_for_another(
    cache_of_process: CacheMaker, tmp_path: Path
) -> None:
    cache = cache_of_process()
    with cache.lease("key", 0.0) as lease:
        cache.put(lease, b"page", ttl_s=60, cache_tags=frozenset())
    shelf = Shelf(tmp_path / "run", 4 * MIB, HostLocks(tmp_path / "run" / "locks"))
    record = shelf.get("key")
    assert record is not None
    shelf.put("other", record)
    assert cache.get("other") is None
