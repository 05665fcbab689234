"""The memory keeps to its bytes, keeps what is used, and gives each namespace its share."""

import gc
import os
import tracemalloc
from random import Random

import pytest

from blog_core.api import Entry, Metrics, Stamps
from plugins.cache.counts import METRICS, Counts
from plugins.cache.memory import MOST_USES, Item, Memory

MIB = 1024 * 1024
SHARES = {"page": 0.5, "llm": 0.25, "api": 0.25}


@pytest.fixture
def metrics() -> Metrics:
    metrics = Metrics()
    metrics.declare(*METRICS)
    return metrics


@pytest.fixture
def stamps() -> Stamps:
    """Stamps as they are after years: every slot holds a number of its own."""
    stamps = Stamps(None)
    for slot in range(2, 65_000):
        stamps.words[slot] = int.from_bytes(os.urandom(8), "little")
    return stamps


@pytest.fixture
def counts(metrics: Metrics) -> Counts:
    return Counts(metrics, "page")


class Filler:
    """Puts entries of a size into a memory, and asks for them as readers would."""

    def __init__(self, memory: Memory, stamps: Stamps, counts: Counts) -> None:
        self.memory, self._stamps, self._counts = memory, stamps, counts
        self._now_s = 1_000.0

    def put(self, namespace: str, name: object, size: int = 1_000, tags: int = 3) -> bool:
        cache_tags = frozenset(f"post:{hash(name) % 99_991 + n}" for n in range(tags))
        self._now_s += 0.001
        entry = Entry(os.urandom(size), cache_tags, self._now_s, self._now_s + 60)
        stamp = self._stamps.read(sorted(cache_tags))
        key = f"blog:blog:abcdef01:{namespace}:{name}"
        item = Item(key, entry, stamp, built_s=self._now_s / 3, counts=self._counts)
        return self.memory.put(namespace, item)

    def get(self, namespace: str, name: object) -> bool:
        item = self.memory.items.get(f"blog:blog:abcdef01:{namespace}:{name}")
        if item is not None and item.uses < MOST_USES:
            item.uses += 1
        return item is not None

    def read(self, namespace: str, name: object) -> bool:
        """A reader's request: a miss builds."""
        return self.get(namespace, name) or not self.put(namespace, name)


@pytest.fixture
def filler(metrics: Metrics, stamps: Stamps, counts: Counts) -> Filler:
    return Filler(Memory(4 * MIB, SHARES, metrics), stamps, counts)


@pytest.mark.parametrize("size, tags", [(0, 1), (100, 3), (1_000, 5), (18_000, 30)])
def test_the_bytes_counted_are_the_bytes_taken(
    metrics: Metrics, stamps: Stamps, counts: Counts, size: int, tags: int
) -> None:
    tracemalloc.start()
    for number in range(10_000):  # what stamps remember of all tags is not the entries' own
        stamps.read([f"post:{number}"])
    budget = 16 * MIB
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    filler = Filler(Memory(budget, SHARES, metrics), stamps, counts)
    number = 0
    while filler.memory.bytes < budget * 0.95 or number % 1_000:
        filler.put("page", f"{number:032x}", size, tags)
        number += 1
    gc.collect()
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert taken == pytest.approx(filler.memory.bytes, rel=0.05)
    assert filler.memory.bytes <= budget


def test_distinct_keys_without_end_stay_within_the_budget(
    filler: Filler, full_counts: bool
) -> None:
    for number in range(1_000_000 if full_counts else 20_000):
        filler.put("page", number, size=50)
        assert filler.memory.bytes <= filler.memory.max_bytes
    assert filler.memory.bytes > 0.98 * filler.memory.max_bytes
    assert sum(part.entries for part in filler.memory.parts.values()) == len(filler.memory.items)
    assert filler.memory.bytes == sum(i.size_bytes for i in filler.memory.items.values())


def test_a_large_value_is_not_kept_and_takes_the_place_of_none(filler: Filler) -> None:
    largest = filler.memory.max_bytes // 64
    assert filler.put("page", "small", size=100)
    assert filler.put("page", "large", size=largest) is False
    assert filler.put("page", "small", size=largest) is False
    assert not filler.memory.items
    assert filler.memory.bytes == 0
    assert filler.put("page", "fits", size=largest - 3_000)


def test_what_is_read_again_and_again_outlives_a_crawler(filler: Filler) -> None:
    random = Random(3)
    popular = [f"popular {n}" for n in range(600)]
    weights = [1 / (n + 1) for n in range(600)]

    def hit_ratio(crawled_per_read: int) -> float:
        hits = 0
        for _ in range(12_000):
            (name,) = random.choices(popular, weights)
            hits += filler.read("page", name)
            for _ in range(crawled_per_read):
                filler.read("page", random.random())
        return hits / 12_000

    hit_ratio(0)
    quiet = hit_ratio(0)
    assert hit_ratio(1) >= 0.95 * quiet


def test_a_namespace_cannot_push_another_out_of_its_share(filler: Filler) -> None:
    for number in range(1_000):
        filler.put("llm", number)
    for number in range(20_000):
        filler.put("page", number)
        share = 0.25 * filler.memory.max_bytes
        assert filler.memory.parts["llm"].bytes > 0.99 * share


def test_a_namespace_may_use_what_others_do_not_need(filler: Filler) -> None:
    for number in range(20_000):
        filler.put("llm", number)
    assert filler.memory.parts["llm"].bytes > 0.98 * filler.memory.max_bytes


def test_a_new_value_takes_the_place_of_the_old_one(filler: Filler) -> None:
    for number in range(5_000):
        filler.put("page", "the same", size=number)
    assert len(filler.memory.items) == 1
    (item,) = filler.memory.items.values()
    assert filler.memory.bytes == item.size_bytes
    part = filler.memory.parts["page"]
    assert len(part.small) + len(part.main) == 1


def test_what_was_put_out_is_known_for_a_while(filler: Filler) -> None:
    for number in range(5_000):
        filler.put("page", number)
    gone = [number for number in range(4_000, 5_000) if not filler.get("page", number)]
    assert all(filler.memory.was_put_out(f"blog:blog:abcdef01:page:{number}") for number in gone)
    assert not filler.memory.was_put_out("never here")


def test_clearing_leaves_nothing(filler: Filler, metrics: Metrics) -> None:
    for number in range(100):
        filler.put("page", number)
    assert filler.memory.clear() == 100
    assert filler.memory.bytes == 0
    assert metrics.value("blog_cache_bytes", namespace="page") == 0
    assert filler.put("page", "again")
