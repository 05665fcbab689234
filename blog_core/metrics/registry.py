"""The metrics of one blog: declared once, bound to slots at boot, summed over all workers."""

import logging
import math
from collections.abc import Mapping
from pathlib import Path

from blog_core.metrics.declare import Kind, MetricError, MetricSpec
from blog_core.metrics.instruments import Counter, Gauge, Histogram
from blog_core.metrics.ring import Ring
from blog_core.metrics.segment import OVERFLOW, Segment
from blog_core.metrics.tally import Tally
from blog_core.metrics.workers import count_living, fold_dead, sum_segments

_OVERFLOW_SPEC = MetricSpec(OVERFLOW, "counter", "What no slot was left for")
_log = logging.getLogger("blog.metrics")


class Metrics:
    """Counts in this process's segment; with a `folder`, other processes' counts can be summed.

    Nothing is written to disk before `share`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._segment = Segment()
        self._specs: dict[str, MetricSpec] = {_OVERFLOW_SPEC.name: _OVERFLOW_SPEC}

    @property
    def specs(self) -> tuple[MetricSpec, ...]:
        """All declared metrics, by name."""
        return tuple(self._specs[name] for name in sorted(self._specs))

    def declare(self, *specs: MetricSpec) -> None:
        """Make metrics known; twice the same is fine, twice different a `MetricError`."""
        for spec in specs:
            if self._specs.setdefault(spec.name, spec) != spec:
                raise MetricError(f"Metric {spec.name!r} is declared twice and differently.")

    def counter(self, name: str, **labels: str) -> Counter:
        """The counter with these labels. Bind at boot and keep it: looking it up costs more."""
        sample = self._spec(name, "counter").sample(labels)
        return Counter(self._segment, self._segment.reserve("c", sample))

    def gauge(self, name: str, **labels: str) -> Gauge:
        """The gauge with these labels; over workers, gauges are added."""
        sample = self._spec(name, "gauge").sample(labels)
        return Gauge(self._segment, self._segment.reserve("g", sample))

    def histogram(self, name: str, **labels: str) -> Histogram:
        """The histogram with these labels."""
        spec = self._spec(name, "histogram")
        names = [
            spec.sample({**labels, "le": _bound(bound)}, "_bucket")
            for bound in (*spec.buckets, math.inf)
        ]
        names.append(spec.sample(labels, "_sum"))
        indexes = [self._segment.reserve("c", sample) for sample in names]
        return Histogram(self._segment, indexes, spec.buckets)

    def _spec(self, name: str, kind: Kind) -> MetricSpec:
        spec = self._specs.get(name)
        if spec is None or spec.kind != kind:
            found = f"a {spec.kind}" if spec else "not declared"
            raise MetricError(f"Metric {name!r} is {found}; it was asked for as a {kind}.")
        return spec

    def ring(self, name: str, *, records: int = 256, record_bytes: int = 2048) -> Ring:
        """The last records of a kind, of all workers: slow statements, decisions of the cache."""
        return Ring(name, self._folder, records=records, record_bytes=record_bytes)

    def tally(self, name: str, *, records: int = 256, record_bytes: int = 4096) -> Tally:
        """Calls and time of each of many things, with what they are, of all workers."""
        return Tally(name, self._folder, records=records, record_bytes=record_bytes)

    def share(self) -> None:
        """Keep the counts in `folder` from now on. A folder that cannot be written is logged:
        counting goes on, and only the sum over workers lacks this one."""
        if self._folder is None:
            return
        try:
            self._segment.share(self._folder)
            fold_dead(self._folder)
        except OSError as error:
            _log.warning("Counts of this worker are not shared: %s: %s", self._folder, error)

    def sum_all(self) -> dict[str, float]:
        """Every sample, `name{label="value"}`, over all workers of this host, also dead ones."""
        totals = dict(sum_segments(self._folder)) if self._folder else {}
        if not self._segment.is_shared:
            for sample, value in self.own().items():
                totals[sample] = totals.get(sample, 0.0) + value
        return totals

    def other_workers(self) -> int:
        """How many other processes of this blog live on this host."""
        if self._folder is None or not self._folder.is_dir():
            return 0
        return count_living(self._folder, apart_from=self._segment.file)

    def own(self) -> dict[str, float]:
        """Every sample of this process."""
        return self._segment.read()

    def value(self, name: str, totals: Mapping[str, float] | None = None, **labels: str) -> float:
        """One counter's or gauge's value in `totals` (this process's own when left out)."""
        spec = self._specs.get(name)
        sample = spec.sample(labels) if spec else name
        return (self.own() if totals is None else totals).get(sample, 0.0)

    def close(self) -> None:
        """Hand this process's counts over to whoever sums next; counting goes on in memory."""
        self._segment.close()


def _bound(bound: float) -> str:
    return "+Inf" if bound == math.inf else repr(bound)
