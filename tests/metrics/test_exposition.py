"""The text that Prometheus reads."""

from prometheus_client.parser import text_string_to_metric_families

from blog_core.metrics import Metrics, MetricSpec
from blog_core.metrics.exposition import prometheus_text
from blog_core.metrics.samples import split_sample


def test_prometheus_reads_back_what_was_counted() -> None:
    metrics = Metrics()
    metrics.declare(
        MetricSpec("blog_hits_total", "counter", "Hits", {"route": (), "level": ("memory",)}),
        MetricSpec("blog_open", "gauge", "Open"),
        MetricSpec("blog_time_seconds", "histogram", "Times", {"route": ()}, buckets=(0.1, 1.0)),
    )
    metrics.counter("blog_hits_total", route="post", level="memory").inc(3)
    metrics.gauge("blog_open").set(2)
    for value in (0.05, 0.5, 5.0):
        metrics.histogram("blog_time_seconds", route="post").observe(value)
    text = prometheus_text(metrics.specs, metrics.sum_all()).decode()
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert samples["blog_hits_total", "memory", "post"] == 3
    assert samples[("blog_open",)] == 2
    assert samples["blog_time_seconds_bucket", "0.1", "post"] == 1
    assert samples["blog_time_seconds_bucket", "1.0", "post"] == 2
    assert samples["blog_time_seconds_bucket", "+Inf", "post"] == 3
    assert samples["blog_time_seconds_count", "post"] == 3
    assert samples["blog_time_seconds_sum", "post"] == 5.55


def test_label_values_of_any_content_survive() -> None:
    spec = MetricSpec("blog_odd_total", "counter", "Odd", {"what": ()})
    odd = 'a "quoted" \\ back,slash="x"\nline'
    assert split_sample(spec.sample({"what": odd})) == ("blog_odd_total", (("what", odd),))
