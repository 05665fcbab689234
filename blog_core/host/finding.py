"""Find a plugin by entry point, dotted path or object, and import it: only what is listed."""

import importlib
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from time import perf_counter

from blog_core.errors import PluginError, PluginNotFound
from blog_core.settings import PluginSpec

GROUP = "blog_core.plugins"


@dataclass(frozen=True, slots=True)
class Found:
    """An imported plugin, where it comes from, and how long its import took (seconds)."""

    plugin: object = field(repr=False)
    file: str
    version: str
    import_s: float


def installed_plugins() -> dict[str, EntryPoint]:
    """The plugins that installed packages offer, by name. Imports none of them."""
    return {point.name: point for point in entry_points(group=GROUP)}


def find(spec: PluginSpec, installed: Mapping[str, EntryPoint]) -> Found:
    """Import the plugin. Raises `PluginNotFound`, or `PluginError` with what its import raised."""
    start = perf_counter()
    version = ""
    if not isinstance(spec.target, str):
        plugin = spec.target
    elif spec.target in installed:
        point = installed[spec.target]
        version = point.dist.version if point.dist else ""
        plugin = _import(spec, point.value, installed)
    elif "." in spec.target or ":" in spec.target:
        plugin = _import(spec, spec.target, installed)
    else:
        raise PluginNotFound(spec.target, sorted(installed))
    if isinstance(plugin, type):
        plugin = plugin()
    version = version or str(getattr(plugin, "__version__", ""))
    return Found(plugin, _file_of(plugin), version, perf_counter() - start)


def _import(spec: PluginSpec, path: str, installed: Mapping[str, EntryPoint]) -> object:
    module_name, _, attribute = path.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise _import_failed(spec, error) from error
        raise PluginNotFound(spec.name, sorted(installed), _whose(module_name)) from error
    except Exception as error:  # a module may raise anything while it is imported
        raise _import_failed(spec, error) from error
    if not attribute:
        return module
    found: object = getattr(module, attribute, None)
    if found is None:
        raise PluginNotFound(spec.name, sorted(installed), f"{module_name} has no {attribute!r}")
    return found


def _import_failed(spec: PluginSpec, error: Exception) -> PluginError:
    return PluginError(
        f"Plugin {spec.name!r} could not be imported: {type(error).__name__}: {error}. Install "
        f"what it needs, take it out of `plugins`, or start without it by "
        f"BLOG_PLUGINS_DISABLED={spec.name}."
    )


def _whose(module_name: str) -> str:
    """Where the first part of a missing module's name leads instead."""
    package = module_name.partition(".")[0]
    other = find_spec(package)
    if other is None:
        return f"no module {module_name}"
    places = [other.origin] if other.origin else list(other.submodule_search_locations or [])
    return (
        f"the name {package!r} belongs to {', '.join(map(str, places))}, which has no "
        f"{module_name}; rename that package or put the right one before it on the module path"
    )


def _file_of(plugin: object) -> str:
    owner = plugin if inspect.ismodule(plugin) or isinstance(plugin, type) else type(plugin)
    try:
        return inspect.getfile(owner)
    except (OSError, TypeError):
        return ""
