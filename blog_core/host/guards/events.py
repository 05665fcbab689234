"""The guard of event hooks and page parts: each plugin's by itself, timed and counted."""

from collections.abc import Callable, Iterator, Mapping
from time import perf_counter
from typing import Any, NamedTuple

import pluggy

from blog_core.host.attempt import call_hook
from blog_core.host.guards.watch import Patience, Quarantine, Watch
from blog_core.metrics import Metrics


class Answer(NamedTuple):
    """What one plugin's implementation returned, or why there is nothing."""

    plugin: str
    value: object
    failure: str
    elapsed_s: float


class Events:
    """Calls event hooks and parts. pluggy's own loop would end at the first exception."""

    def __init__(self, manager: pluggy.PluginManager, metrics: Metrics, patience: Patience) -> None:
        self._manager, self._metrics, self._patience = manager, metrics, patience
        self._watches: dict[tuple[str, str], Watch] = {}

    def notify(self, hook: str, arguments: Mapping[str, object]) -> Iterator[Answer]:
        """Call every implementation in the order of `plugins`."""
        for implementation in reversed(getattr(self._manager.hook, hook).get_hookimpls()):
            yield self._call(hook, implementation, arguments)

    def _call(self, hook: str, implementation: Any, arguments: Mapping[str, object]) -> Answer:
        return self.ask(implementation.plugin_name, hook, call_hook, implementation, arguments)

    def ask(
        self, plugin: str, part: str, call: Callable[..., object], *arguments: object
    ) -> Answer:
        """Call a function of a plugin, called `part` in metrics and logs; nothing is raised."""
        watch = self._watch(plugin, part)
        if watch.skips():
            return Answer(plugin, None, f"rests after {watch.quarantine.reason}", 0.0)
        start = perf_counter()
        try:
            value = call(*arguments)
        except Exception as error:  # the save stands, and the others are still called
            watch.failed(start, error)
            return Answer(plugin, None, f"{type(error).__name__}: {error}", perf_counter() - start)
        watch.done(start)
        return Answer(plugin, value, "", perf_counter() - start)

    def _watch(self, plugin: str, part: str) -> Watch:
        watch = self._watches.get((plugin, part))
        if watch is None:
            quarantine = Quarantine(self._metrics, plugin, part, self._patience)
            watch = Watch(self._metrics, quarantine, "call", slow_s=2.0)
            self._watches[plugin, part] = watch
        return watch

    def quarantines(self) -> list[Quarantine]:
        """Of every implementation and part called so far."""
        return [watch.quarantine for watch in self._watches.values()]
