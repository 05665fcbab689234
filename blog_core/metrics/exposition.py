"""The counts as Prometheus reads them; prometheus-client writes the text, we only bring numbers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from blog_core.metrics.declare import MetricSpec
from blog_core.metrics.samples import Labels, split_sample

CONTENT_TYPE = CONTENT_TYPE_LATEST


def prometheus_text(specs: Iterable[MetricSpec], totals: Mapping[str, float]) -> bytes:
    """The text exposition of summed samples."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Totals(specs, totals))
    return generate_latest(registry)


class _Totals(Collector):
    def __init__(self, specs: Iterable[MetricSpec], totals: Mapping[str, float]) -> None:
        self._specs = list(specs)
        self._by_name: defaultdict[str, dict[Labels, float]] = defaultdict(dict)
        for sample, value in totals.items():
            name, labels = split_sample(sample)
            self._by_name[name][labels] = value

    def collect(self) -> Iterator[Metric]:
        for spec in self._specs:
            if spec.kind == "histogram":
                yield self._histogram(spec)
            else:
                yield self._plain(spec)

    def _plain(self, spec: MetricSpec) -> Metric:
        kind = CounterMetricFamily if spec.kind == "counter" else GaugeMetricFamily
        family = kind(spec.name, spec.help, labels=sorted(spec.labels))
        for labels, value in self._by_name[spec.name].items():
            family.add_metric([text for _, text in labels], value)
        return family

    def _histogram(self, spec: MetricSpec) -> Metric:
        family = HistogramMetricFamily(spec.name, spec.help, labels=sorted(spec.labels))
        counts: defaultdict[Labels, dict[str, float]] = defaultdict(dict)
        for labels, value in self._by_name[f"{spec.name}_bucket"].items():
            rest = tuple(pair for pair in labels if pair[0] != "le")
            counts[rest][dict(labels)["le"]] = value
        for rest, by_bound in counts.items():
            total = self._by_name[f"{spec.name}_sum"].get(rest, 0.0)
            family.add_metric([text for _, text in rest], _rising(by_bound), total)
        return family


def _rising(by_bound: Mapping[str, float]) -> list[tuple[str, float]]:
    """Prometheus wants each bucket to include the smaller ones."""
    total, rising = 0.0, []
    for bound in sorted(by_bound, key=float):
        total += by_bound[bound]
        rising.append((bound, total))
    return rising
