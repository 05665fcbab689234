"""SQLAlchemy's QueuePool twice: one for the pages, a small one for background work.

A job that holds connections for long so never starves the pages. Both say how long somebody waited
for a connection.
"""

from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, QueuePool

from blog_core.api import in_background

if TYPE_CHECKING:
    from blog_core.api import Counter, Histogram, Metrics


class WatchedPool(QueuePool):
    """Counts each wait, opening a connection included, and each one that was in vain."""

    waited: "ClassVar[Histogram]"
    refused: "ClassVar[Counter]"
    background_size: ClassVar[int]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._background: QueuePool | None = None

    def _do_get(self) -> ConnectionPoolEntry:
        began = perf_counter()
        try:
            if in_background():
                return self._for_background()._do_get()  # noqa: SLF001  a pool as we are
            return super()._do_get()
        except PoolTimeout:
            self.refused.inc()
            raise
        finally:
            self.waited.observe(perf_counter() - began)

    def _for_background(self) -> QueuePool:
        """Made when it is first needed, so that it has all of this one's listeners."""
        with self._overflow_lock:
            if self._background is None:
                self._background = QueuePool(
                    self._creator,
                    pool_size=self.background_size,
                    max_overflow=0,
                    timeout=self._timeout,
                    recycle=self._recycle,
                    use_lifo=True,
                    _dispatch=self.dispatch,
                    dialect=self._dialect,
                )
            return self._background

    def _invalidate(
        self,
        connection: PoolProxiedConnection,
        exception: BaseException | None = None,
        _checkin: bool = True,
    ) -> None:
        super()._invalidate(connection, exception, _checkin)
        if self._background is not None:
            self._background._invalidate_time = self._invalidate_time  # noqa: SLF001

    def dispose(self) -> None:
        """Close what nobody uses, in both."""
        super().dispose()
        if self._background is not None:
            self._background.dispose()


def watched_pool(metrics: "Metrics", *, size_in_background: int) -> type[WatchedPool]:
    """The class of pool for one engine. (A pool makes its successors by its class alone.)"""

    class PoolOfOneEngine(WatchedPool):
        waited = metrics.histogram("blog_db_opt_pool_wait_seconds")
        refused = metrics.counter("blog_db_opt_pool_refused_total")
        background_size = size_in_background

    return PoolOfOneEngine
