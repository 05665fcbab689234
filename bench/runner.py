"""Measures the sides of a benchmark in turns and takes the medians."""

import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from bench.declare import Benchmark, Comparison, Metric, Sample

BUSY = 0.8


@dataclass(frozen=True)
class Row:
    """One line of the result; `ratio` is the median of the ratios of neighbouring measurements."""

    benchmark: str
    metric: str
    unit: str
    ours: float | None = None
    others: float | None = None
    ratio: float | None = None
    goal: str = ""
    verdict: str = ""
    note: str = ""
    ours_samples: tuple[float, ...] = ()
    others_samples: tuple[float, ...] = ()


def run(
    benchmark: Benchmark, *, repeats: int | None, progress: Callable[[str], None]
) -> Iterator[Row]:
    """Measure one benchmark; a benchmark that fails gives one row that says how."""
    try:
        with benchmark.prepare() as comparison:
            samples = list(_turns(benchmark, comparison, repeats or benchmark.repeats, progress))
    except Exception as problem:  # noqa: BLE001  # the other benchmarks still run
        traceback.print_exc()
        yield Row(benchmark.name, "", "", verdict="ERROR", note=f"{problem}".partition("\n")[0])
        return
    for position, metric in enumerate(benchmark.metrics):
        yield _row(benchmark.name, metric, position, samples, comparison.note)


Turn = tuple[Sample, Sample | None]


def _turns(
    benchmark: Benchmark, comparison: Comparison, repeats: int, progress: Callable[[str], None]
) -> Iterator[Turn]:
    # In turns, so that a machine that grows busy does not do so for one side only.
    for count in range(1, repeats + 1):
        progress(f"{benchmark.name} {count}/{repeats}")
        ours = comparison.ours()
        yield ours, comparison.others() if comparison.others else None


def _row(name: str, metric: Metric, position: int, turns: Sequence[Turn], note: str) -> Row:
    ours = tuple(sample.values[position] for sample, _ in turns)
    others = tuple(other.values[position] for _, other in turns if other is not None)
    ratio = median(a / b for a, b in zip(ours, others, strict=True)) if all(others or [0]) else None
    judged = median(ours) if ratio is None or metric.is_absolute else ratio
    return Row(
        benchmark=name,
        metric=metric.name,
        unit=metric.unit,
        ours=median(ours),
        others=median(others) if others else None,
        ratio=ratio,
        goal=str(metric.goal or ""),
        verdict=_verdict(metric, judged, turns),
        note="; ".join(filter(None, (metric.note, note))),
        ours_samples=ours,
        others_samples=others,
    )


def _verdict(metric: Metric, value: float, turns: Sequence[Turn]) -> str:
    busy = [sample.busy for turn in turns for sample in turn if sample and sample.busy is not None]
    if busy and median(busy) < BUSY:
        return f"no: server {median(busy):.0%} busy"
    if metric.goal is None:
        return ""
    return "met" if metric.goal.is_met(value) else "MISSED"
