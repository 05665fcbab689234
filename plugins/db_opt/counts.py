"""What the plugin counts in the worker's segment, for everybody who sums the workers."""

from blog_core.api import MetricSpec

LEAK_ENDS = ("context", "thread", "forgotten")
WAIT_KINDS = ("waited", "refused", "deadlock")
KINDS = ("slow", "repeated", "over_budget", "lazy_load", "plan_changed")

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
    MetricSpec(
        "blog_db_opt_findings_total", "counter", "What was noticed of statements", {"kind": KINDS}
    ),
    MetricSpec("blog_db_opt_statement_seconds", "histogram", "Time of each statement"),
    MetricSpec(
        "blog_db_opt_pool_wait_seconds", "histogram", "Time until a connection was lent out"
    ),
    MetricSpec(
        "blog_db_opt_pool_refused_total", "counter", "Waits for a connection that were in vain"
    ),
    MetricSpec(
        "blog_db_opt_lock_waits_total",
        "counter",
        "Waits for a lock, by how they ended",
        {"kind": WAIT_KINDS},
    ),
    MetricSpec("blog_db_opt_busy_seconds", "histogram", "Time until SQLite's write lock was had"),
    MetricSpec("blog_db_opt_away", "gauge", "Workers that cannot reach the database now"),
    MetricSpec("blog_db_opt_outages_total", "counter", "How often the database went away"),
    MetricSpec(
        "blog_db_opt_connections_failed_total", "counter", "Connections that could not be opened"
    ),
    MetricSpec("blog_db_opt_connections_possible", "gauge", "Connections that the pools may open"),
    MetricSpec("blog_db_opt_connections_open", "gauge", "Connections open now"),
    MetricSpec("blog_db_opt_connections_out", "gauge", "Connections lent out now"),
)
