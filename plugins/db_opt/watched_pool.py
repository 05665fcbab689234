"""SQLAlchemy's QueuePool, which also says how long somebody waited for a connection."""

from time import perf_counter
from typing import TYPE_CHECKING

from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

if TYPE_CHECKING:
    from blog_core.api import Metrics


def watched_pool(metrics: "Metrics") -> type[QueuePool]:
    """The class of pool for one engine. (A pool makes its successors by its class alone.)"""
    waited = metrics.histogram("blog_db_opt_pool_wait_seconds")
    refused = metrics.counter("blog_db_opt_pool_refused_total")

    class WatchedPool(QueuePool):
        """Counts each wait, opening a connection included, and each one that was in vain."""

        def _do_get(self) -> ConnectionPoolEntry:
            began = perf_counter()
            try:
                return super()._do_get()
            except PoolTimeout:
                refused.inc()
                raise
            finally:
                waited.observe(perf_counter() - began)

    return WatchedPool
