"""What the plugin counts in the worker's segment, for everybody who sums the workers."""

from blog_core.api import MetricSpec

LEAK_ENDS = ("context", "thread", "forgotten")

METRICS = (
    MetricSpec(
        "blog_db_opt_leaks_total",
        "counter",
        "Connections that were not given back, by what ended first",
        {"end": LEAK_ENDS},
    ),
    MetricSpec(
        "blog_db_opt_connections_opened_total", "counter", "Connections opened to the database"
    ),
    MetricSpec("blog_db_opt_connections_open", "gauge", "Connections open now"),
    MetricSpec("blog_db_opt_connections_out", "gauge", "Connections lent out now"),
)
