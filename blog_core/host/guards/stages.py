"""The guard of the stage port: fails loudly, and a wrong answer never lets a post through."""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

from blog_core.errors import BlogError, PluginFailed
from blog_core.host.guards.watch import Patience, Quarantine, Watch
from blog_core.metrics import Metrics
from blog_core.ports import Actor, Refusal, StageLoader


class GuardedStages:
    """A `StageLoader` that raises `BlogError` and nothing else."""

    def __init__(
        self, inner: StageLoader, plugin: str, metrics: Metrics, patience: Patience
    ) -> None:
        self.inner = inner
        self.quarantine = Quarantine(metrics, plugin, "stages", patience)
        self._load = Watch(metrics, self.quarantine, "load")
        self._validate = Watch(metrics, self.quarantine, "validate")
        self._may = Watch(metrics, self.quarantine, "may")

    def load(self, post_id: int, stage_id: str) -> Mapping[str, object]:
        """The stage's data. Raises `PluginFailed` for anything but a mapping."""
        stage: Mapping[str, object] = _call(
            self._load, lambda: self.inner.load(post_id, stage_id), Mapping
        )
        return stage

    def validate(self, data: Mapping[str, object]) -> bool:
        """True. Raises `ValidationError`, or `PluginFailed` for any answer but True."""
        return _call(self._validate, lambda: self.inner.validate(data) or None, bool) is True

    def may(self, post_id: int, actor: Actor, transition: str) -> Refusal | None:
        """None or a refusal. Raises `PluginFailed` for any other answer."""
        refusal: Refusal | None = _call(
            self._may, lambda: self.inner.may(post_id, actor, transition), Refusal | None
        )
        return refusal


def _call(watch: Watch, call: Callable[[], object], kind: Any) -> Any:
    """The answer, which is of this kind."""
    start = perf_counter()
    where = f"StageLoader.{watch.method}"
    try:
        answer = call()
    except BlogError:
        watch.done(start)
        raise
    except Exception as error:  # a plugin may raise anything
        watch.failed(start, error)
        reason = f"{type(error).__name__}: {error}"
        raise PluginFailed(watch.quarantine.plugin, where, reason) from error
    if not isinstance(answer, kind):
        reason = watch.wrong(start, answer, getattr(kind, "__name__", str(kind)))
        raise PluginFailed(watch.quarantine.plugin, where, reason)
    watch.done(start)
    return answer
