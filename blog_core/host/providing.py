"""Ask the provider hooks, once each: the provider, then the wrappers round it, then the guard.

pluggy would give every plugin the same arguments; here each gets the `Setup` of its own name.
"""

from collections.abc import Callable, Generator
from typing import Any

import pluggy

from blog_core.defaults.providers import DEFAULTS
from blog_core.errors import PluginConflict, PluginError
from blog_core.host.attempt import attempt, call_hook
from blog_core.host.guards import (
    GuardedCache,
    GuardedExecutor,
    GuardedStages,
    GuardedText,
    Patience,
    Quarantine,
)
from blog_core.host.port_table import PORTS, Port
from blog_core.host.setup import Setup
from blog_core.host.status import PluginStatus
from blog_core.ports import Cache

CORE = "core"
_GUARDS: dict[str, Callable[..., Any]] = {
    "executor": GuardedExecutor,
    "cache": GuardedCache,
    "stages": GuardedStages,
    "text": GuardedText,
}


class Providing:
    """Makes the ports of one blog.

    `gave_up(status, error)` is told of plugins that failed; it raises unless they are optional.
    """

    def __init__(
        self,
        manager: pluggy.PluginManager,
        statuses: dict[str, PluginStatus],
        gave_up: Callable[[PluginStatus, PluginError], None],
    ) -> None:
        self._manager, self._statuses, self._gave_up = manager, statuses, gave_up
        self.providers: dict[str, str] = {}
        self.quarantines: list[Quarantine] = []

    def make(self, port: Port, setup: Setup, patience: Patience) -> Any:
        """One guarded port."""
        implementations = self._implementations(port)
        providers = [found for found in implementations if not found.wrapper]
        plugin, provided = self._provide(port, providers, setup)
        self.providers[port.name] = plugin
        for wrapper in [found for found in implementations if found.wrapper]:
            wrapped = self._wrap(port, wrapper, provided, setup)
            if wrapped is not provided and plugin == CORE:
                plugin = wrapper.plugin_name  # whoever can be switched off is counted and named
            provided = wrapped
        guarded = _GUARDS[port.name](provided, plugin, setup.metrics, patience)
        self.quarantines.append(guarded.quarantine)
        return guarded

    def check_conflicts(self) -> None:
        """Refuse two providers of one port, before any of them is asked."""
        for port in PORTS:
            names = [
                found.plugin_name for found in self._implementations(port) if not found.wrapper
            ]
            if len(names) > 1:
                raise PluginConflict(port.hook, list(reversed(names)))

    def _implementations(self, port: Port) -> list[Any]:
        """In pluggy's order: the last one is called first, so wrappers go from inner to outer."""
        found: list[Any] = getattr(self._manager.hook, port.hook).get_hookimpls()
        return found

    def _provide(self, port: Port, providers: list[Any], setup: Setup) -> tuple[str, Any]:
        for found in providers:
            status = self._statuses[found.plugin_name]
            try:
                provided = attempt(status, port.hook, _call, found, setup)
                if provided is not None:
                    port.check(provided, status.name)
                    status.provides = (*status.provides, port.name)
                    if port.name == "cache":
                        status.levels = attempt(status, "its `levels`", _levels, provided)
                    return status.name, provided
            except PluginError as error:
                self._gave_up(status, error)
        return CORE, DEFAULTS[port.hook](setup.for_plugin(CORE))

    def _wrap(self, port: Port, wrapper: Any, inner: Any, setup: Setup) -> Any:
        status = self._statuses[wrapper.plugin_name]
        if status.state != "loaded":
            return inner
        try:
            outer = attempt(status, port.hook, _wrapped, wrapper, setup, inner)
            port.check(outer, status.name)
        except PluginError as error:
            self._gave_up(status, error)
            return inner
        status.wraps = (*status.wraps, port.name)
        return outer


def _call(implementation: Any, setup: Setup) -> Any:
    return call_hook(implementation, {"setup": setup.for_plugin(implementation.plugin_name)})


def _levels(cache: Cache) -> tuple[str, ...]:
    return tuple(sorted(cache.levels))


def _wrapped(implementation: Any, setup: Setup, inner: Any) -> Any:
    """What a wrapper makes of the object inside: it yields once, and returns its own."""
    wrapper: Generator[None, Any, Any] = _call(implementation, setup)
    next(wrapper)
    try:
        wrapper.send(inner)
    except StopIteration as end:
        return end.value
    wrapper.close()
    raise PluginError("A wrapper yields once and then returns its object; this one yields again.")
