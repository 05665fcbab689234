"""Counting in one process, alone and among threads."""

import math
from pathlib import Path
from threading import Thread

import pytest

from blog_core.metrics import MetricError, Metrics, MetricSpec
from blog_core.metrics.segment import OVERFLOW, RECORDS

HITS = MetricSpec("blog_hits_total", "counter", "Hits", {"level": ("memory", "redis")})
OPEN = MetricSpec("blog_open", "gauge", "Open things")
TIMES = MetricSpec("blog_time_seconds", "histogram", "Times", buckets=(0.1, 1.0))


@pytest.fixture
def metrics() -> Metrics:
    metrics = Metrics()
    metrics.declare(HITS, OPEN, TIMES)
    return metrics


def test_a_counter_adds_up_under_its_labels(metrics: Metrics) -> None:
    metrics.counter("blog_hits_total", level="memory").inc()
    metrics.counter("blog_hits_total", level="memory").inc(2)
    metrics.counter("blog_hits_total", level="redis").inc()
    assert metrics.sum_all()['blog_hits_total{level="memory"}'] == 3
    assert metrics.value("blog_hits_total", level="redis") == 1


def test_a_gauge_stands_where_it_was_set(metrics: Metrics) -> None:
    gauge = metrics.gauge("blog_open")
    gauge.set(7)
    gauge.add(-2)
    assert gauge.value == 5
    assert metrics.value("blog_open") == 5


def test_a_histogram_counts_by_bounds_and_adds_up(metrics: Metrics) -> None:
    times = metrics.histogram("blog_time_seconds")
    for value in (0.05, 0.1, 0.5, 3.0):
        times.observe(value)
    totals = metrics.sum_all()
    assert totals['blog_time_seconds_bucket{le="0.1"}'] == 2
    assert totals['blog_time_seconds_bucket{le="1.0"}'] == 1
    assert totals['blog_time_seconds_bucket{le="+Inf"}'] == 1
    assert math.isclose(totals["blog_time_seconds_sum"], 3.65)


def test_no_count_is_lost_among_threads(metrics: Metrics) -> None:
    counter = metrics.counter("blog_hits_total", level="memory")

    def count() -> None:
        for _ in range(50_000):
            counter.inc()

    threads = [Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.value == 400_000


def test_counts_made_before_sharing_are_kept(metrics: Metrics, tmp_path: Path) -> None:
    shared = Metrics(tmp_path / "stats")
    shared.declare(HITS)
    counter = shared.counter("blog_hits_total", level="memory")
    counter.inc(5)
    shared.share()
    counter.inc()
    assert shared.sum_all()['blog_hits_total{level="memory"}'] == 6


def test_a_value_outside_the_closed_set_is_refused(metrics: Metrics) -> None:
    with pytest.raises(MetricError, match="level is one of memory, redis, not 'disk'"):
        metrics.counter("blog_hits_total", level="disk")


def test_a_metric_is_used_as_it_is_declared(metrics: Metrics) -> None:
    with pytest.raises(MetricError, match="'blog_open' is a gauge; it was asked for as a counter"):
        metrics.counter("blog_open")
    with pytest.raises(MetricError, match="'blog_other' is not declared"):
        metrics.gauge("blog_other")
    with pytest.raises(MetricError, match="has the labels level; it was used with none"):
        metrics.counter("blog_hits_total")


def test_two_different_declarations_of_one_name_are_refused(metrics: Metrics) -> None:
    metrics.declare(HITS)
    with pytest.raises(MetricError, match="'blog_hits_total' is declared twice and differently"):
        metrics.declare(MetricSpec("blog_hits_total", "counter", "Other hits"))


@pytest.mark.parametrize(
    "name,kind,fault",
    [
        ("hits_total", "counter", "must be called blog_"),
        ("blog_hits", "counter", "end with _total"),
        ("blog_open_total", "gauge", "end with _total"),
    ],
)
def test_names_follow_the_rules(name: str, kind: str, fault: str) -> None:
    with pytest.raises(MetricError, match=fault):
        MetricSpec(name, kind, "")  # type: ignore[arg-type]


def test_a_full_table_loses_nothing_it_has_and_says_that_it_is_full() -> None:
    metrics = Metrics()
    metrics.declare(MetricSpec("blog_many_total", "counter", "Many", {"n": ()}))
    for number in range(RECORDS + 10):
        metrics.counter("blog_many_total", n=str(number)).inc()
    own = metrics.own()
    assert len(own) == RECORDS
    assert own['blog_many_total{n="0"}'] == 1
    assert own[OVERFLOW] == 11
