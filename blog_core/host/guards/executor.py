"""The guard of the query port: counts and times, hides nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any, TypeGuard

from sqlalchemy import Connection, Engine, RowMapping

from blog_core.errors import BlogError, PluginFailed
from blog_core.host.guards.watch import Patience, Quarantine, Watch
from blog_core.metrics import Metrics
from blog_core.ports import Query, QueryExecutor


def _are_rows(found: Any) -> "TypeGuard[Sequence[RowMapping]]":
    """Whether a provider returned what the port allows. Usual types first: ABCs cost more."""
    if type(found) is not list and not isinstance(found, Sequence):
        return False
    return not found or type(found[0]) is RowMapping or isinstance(found[0], Mapping)


class GuardedExecutor:
    """A `QueryExecutor` that fails as loudly as the plugin does."""

    def __init__(
        self, inner: QueryExecutor, plugin: str, metrics: Metrics, patience: Patience
    ) -> None:
        self.inner = inner
        self.quarantine = Quarantine(metrics, plugin, "executor", patience)
        self._inner_run: Callable[..., Any] = inner.run
        self._run = Watch(metrics, self.quarantine, "run")
        self._transaction = Watch(metrics, self.quarantine, "transaction")

    @property
    def engine(self) -> Engine:
        """The provider's engine."""
        return self.inner.engine

    def run(self, query: Query, params: Mapping[str, object] | None = None) -> Sequence[RowMapping]:
        """The rows. Raises what the provider raises, as a `BlogError`."""
        start = perf_counter()
        try:
            rows = self._inner_run(query, params)
        except BlogError as error:
            self._run.failed(start, error)
            raise
        except Exception as error:
            self._run.failed(start, error)
            raise self._failure(f"run({query.name})", error) from error
        if not _are_rows(rows):
            reason = self._run.wrong(start, rows, "a sequence of mappings")
            raise PluginFailed(self.quarantine.plugin, f"QueryExecutor.run({query.name})", reason)
        self._run.done(start)
        return rows

    def _failure(self, where: str, error: Exception) -> PluginFailed:
        reason = f"{type(error).__name__}: {error}"
        return PluginFailed(self.quarantine.plugin, f"QueryExecutor.{where}", reason)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """The provider's transaction, timed until it has begun; the block's errors pass."""
        start = perf_counter()
        try:
            opened = self.inner.transaction()
            connection = opened.__enter__()
        except BlogError as error:
            self._transaction.failed(start, error)
            raise
        except Exception as error:
            self._transaction.failed(start, error)
            raise self._failure("transaction()", error) from error
        self._transaction.done(start)
        try:
            yield connection
        except BaseException as error:
            if not opened.__exit__(type(error), error, error.__traceback__):
                raise
        else:
            opened.__exit__(None, None, None)

    def close(self) -> None:
        """Give all connections back."""
        self.inner.close()
