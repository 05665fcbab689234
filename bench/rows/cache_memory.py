"""The memory of the cache: within its budget under a million keys, and useful beside a crawler.

BENCH_KEYS sets the number of keys.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import perf_counter

from bench.declare import Comparison, Metric, Sample, at_least, at_most, benchmark
from blog_core.api import CachePolicy, Metrics, Stamps
from plugins.cache.leases import Leases
from plugins.cache.provider import BlogCache

KEYS = int(os.environ.get("BENCH_KEYS", "1000000"))


def resident_bytes() -> int:
    """The memory that this process takes."""
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


@benchmark(
    "cache, memory under distinct keys",
    Metric("growth of the process", "of the budget", at_most(1.10)),
    Metric("entries counted", "of the budget", at_most(1.0)),
    Metric("hit ratio beside a crawler", "of that without", at_least(0.95)),
    repeats=1,
)
def memory_under_distinct_keys() -> Iterator[Comparison]:
    """A million keys of 1 kB into 64 MiB; then readers of popular pages beside a crawler."""
    yield Comparison(_memory, note=f"{KEYS:,} keys")


def _memory() -> Sample:
    budget, random = 64 * 1024 * 1024, Random(3)
    cache = BlogCache(
        max_bytes=budget,
        stamps=Stamps(None),
        leases=Leases(),
        shelf=None,
        policy=CachePolicy(),
        metrics=Metrics(),
        now_s=perf_counter,
        random=random.random,
    )

    def read(name: object) -> bool:
        key = f"blog:blog:00000000:page:{name}"
        if cache.get(key) is not None:
            return True
        with cache.lease(key, 0.0) as lease:
            tags = frozenset({f"post:{name}", "posts"})
            cache.put(lease, random.randbytes(1_000), ttl_s=3_600, cache_tags=tags)
        return False

    before = resident_bytes()
    for number in range(KEYS):
        read(number)
    grown = resident_bytes() - before
    weights = [1 / (number + 1) for number in range(20_000)]
    popular = random.choices(range(20_000), weights, k=150_000)
    for number in popular:
        read(f"p{number}")
    quiet = sum(read(f"p{number}") for number in popular) / len(popular)
    crawled = 0
    for number in popular:
        crawled += read(f"p{number}")
        read(random.random())
    ratio = crawled / len(popular) / quiet
    return Sample((grown / budget, cache.memory.bytes / budget, ratio))
