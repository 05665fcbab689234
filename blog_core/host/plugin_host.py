"""The plugins of one blog: found, checked, ordered, asked, and watched from then on."""

from collections.abc import Callable, Mapping
from functools import cached_property
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

import pluggy

from blog_core import hookspecs
from blog_core.errors import PluginError
from blog_core.host.attempt import attempt, call_hook
from blog_core.host.checking import hooks_of
from blog_core.host.contribute import Contribute
from blog_core.host.contributions import Contributions, joined
from blog_core.host.finding import find, installed_plugins
from blog_core.host.guards import METRICS, Answer, Events, Patience, Quarantine
from blog_core.host.health import Healths
from blog_core.host.port_table import PORTS
from blog_core.host.providing import Providing
from blog_core.host.setup import Setup
from blog_core.host.status import PluginStatus
from blog_core.ports import Ports
from blog_core.settings import PluginSpec, RawSettings, Settings

if TYPE_CHECKING:
    from blog_core.site import Health, PostChange, Site


class PluginHost:
    """Loads the plugins that `raw` names, in three steps: `load`, `resolve_ports`, then in flight.

    A plugin that cannot start stops the boot with a `PluginError`; an optional one, and with
    `tolerant` any, is noted as failed instead, and the core's default does its job.
    """

    def __init__(
        self, raw: RawSettings, *, tolerant: bool = False, patience: Patience | None = None
    ) -> None:
        self._raw, self._tolerant = raw, tolerant
        self._patience = patience or Patience()
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._statuses: dict[str, PluginStatus] = {}
        self._by_plugin: dict[str, Contributions] = {}
        self._providing = Providing(self._manager, self._statuses, self._gave_up)
        self._events: Events | None = None

    # --- boot ------------------------------------------------------------------------------------

    def load(self) -> Settings:
        """Import the plugins, take what they contribute, and complete the settings.

        Raises `PluginError`, or `ConfigError` with every wrong setting of core and plugins.
        """
        found = [spec for spec in self._raw.plugins if self._is_wanted(spec)]
        plugins = [(spec, self._admit(spec)) for spec in found]
        # pluggy calls the last registered first; so the order of the list is the order of calls.
        for spec, plugin in reversed(plugins):
            if plugin is not None:
                self._register(spec.name, plugin)
        self._providing.check_conflicts()
        for spec, plugin in plugins:
            if plugin is not None:
                self._contribute(self._statuses[spec.name])
        models = self.contributions.settings
        for name in models:
            self._statuses[name].has_section = True
        return self._raw.complete(models, installed=self._installed)

    @cached_property
    def _installed(self) -> Mapping[str, EntryPoint]:
        return installed_plugins()

    def _is_wanted(self, spec: PluginSpec) -> bool:
        """Enter the plugin in the list; False when it is switched off, and so not imported."""
        if spec.name in self._statuses:
            raise PluginError(f"`plugins` names {spec.name!r} twice. Remove one of them.")
        status = PluginStatus(spec.name, "loaded", optional=spec.optional)
        self._statuses[spec.name] = status
        if self._raw.safe_mode or spec.name in self._raw.disabled:
            status.state = "disabled"
            switch = "BLOG_SAFE_MODE" if self._raw.safe_mode else "BLOG_PLUGINS_DISABLED"
            status.reason = f"switched off by {switch}"
        return status.state == "loaded"

    def _admit(self, spec: PluginSpec) -> object | None:
        """The imported and checked plugin, or None when an optional one failed."""
        status = self._statuses[spec.name]
        try:
            found = find(spec, self._installed, self._raw.folder)
            status.file, status.version = found.file, found.version
            status.import_s = found.import_s
            status.hooks = hooks_of(self._manager, spec.name, found.plugin)
        except PluginError as error:
            self._gave_up(status, error)
            return None
        return found.plugin

    def _register(self, name: str, plugin: object) -> None:
        try:
            self._manager.register(plugin, name=name)
        except (pluggy.PluginValidationError, ValueError) as error:
            text = " ".join(str(error).split())
            self._gave_up(self._statuses[name], PluginError(f"Plugin {name!r}: {text}"))

    def _contribute(self, status: PluginStatus) -> None:
        contribute = Contribute(status.name)
        hook = self._manager.hook.blog_contribute
        mine = [found for found in hook.get_hookimpls() if found.plugin_name == status.name]
        try:
            for found in mine:
                attempt(status, "blog_contribute", call_hook, found, {"contribute": contribute})
        except PluginError as error:
            self._gave_up(status, error)
        else:
            self._by_plugin[status.name] = contribute.collected()

    def _gave_up(self, status: PluginStatus, error: PluginError) -> None:
        """Note that a plugin failed, and take back what it brought; raise unless it is optional."""
        status.state, status.reason = "failed", str(error)
        if not (status.optional or self._tolerant):
            raise error
        self._by_plugin.pop(status.name, None)
        if self._manager.has_plugin(status.name):
            self._manager.unregister(name=status.name)

    def resolve_ports(self, setup: Setup) -> Ports:
        """Ask for each port, wrap and guard it. Raises `PluginError` as `load` does."""
        setup.metrics.declare(*METRICS)
        self._events = Events(self._manager, setup.metrics, self._patience)
        provided: dict[str, object] = {}
        for port in PORTS:
            step = setup.providing(provided)
            provided[port.name] = self._providing.make(port, step, self._patience)
        return Ports(**provided)  # type: ignore[arg-type]

    # --- what is known ---------------------------------------------------------------------------

    @property
    def contributions(self) -> Contributions:
        """Everything the loaded plugins added, in their order."""
        return joined(self._by_plugin.values())

    @property
    def statuses(self) -> tuple[PluginStatus, ...]:
        """Every plugin of the list, with its state."""
        return tuple(self._statuses.values())

    @property
    def providers(self) -> Mapping[str, str]:
        """Which plugin provides each port; "core" for a default."""
        return self._providing.providers

    @property
    def quarantines(self) -> list[Quarantine]:
        """Of every port and every event called so far."""
        events = self._events.quarantines() if self._events else []
        return self._providing.quarantines + events

    def is_loaded(self, plugin: str) -> bool:
        """Whether the plugin is enabled and works."""
        status = self._statuses.get(plugin)
        return status is not None and status.state == "loaded"

    # --- in flight -------------------------------------------------------------------------------

    def notify(self, hook: str, **arguments: object) -> list[Answer]:
        """Call an event hook of every plugin; what one raises stops neither the others nor us."""
        return list(self._events.notify(hook, arguments)) if self._events else []

    def ask(
        self, plugin: str, part: str, call: Callable[..., object], *arguments: object
    ) -> Answer:
        """Call a plugin's function for one part of a page; a failure is in the answer."""
        if self._events is None:
            return Answer(plugin, None, "the blog is not put together yet", 0.0)
        return self._events.ask(plugin, part, call, *arguments)

    def post_changed(self, site: "Site", change: "PostChange") -> None:
        """Tell every plugin of a committed change."""
        self.notify("blog_post_changed", blog=site, change=change)

    def health(self, site: "Site") -> list["Health"]:
        """How the plugins are: failed and resting ones, their checks and their own reports."""
        return Healths(self, site).all()
