"""Find a plugin by entry point, dotted path or object, and import it: only what is listed."""

import importlib
import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from time import perf_counter
from zlib import crc32

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


def find(
    spec: PluginSpec, installed: Mapping[str, EntryPoint], folder: Path | None = None
) -> Found:
    """Import the plugin; one without a dot may also be a file in `folder`, beside `blog.toml`.

    Raises `PluginNotFound`, or `PluginError` with what its import raised.
    """
    start = perf_counter()
    try:
        plugin = _load(spec, installed, folder)
        if isinstance(plugin, type):
            plugin = plugin()
    except PluginError:
        raise
    except Exception as error:  # a module may raise anything while it is imported
        raise _import_failed(spec, error) from error
    point = installed.get(str(spec.target))
    version = point.dist.version if point and point.dist else getattr(plugin, "__version__", "")
    return Found(plugin, _file_of(plugin), str(version), perf_counter() - start)


def _load(spec: PluginSpec, installed: Mapping[str, EntryPoint], folder: Path | None) -> object:
    target = spec.target
    if not isinstance(target, str):
        return target
    if target in installed:
        return _imported(spec, installed[target].value, installed)
    if "." in target or ":" in target:
        return _imported(spec, target, installed)
    file = folder / f"{target}.py" if folder else None
    if file is None or not file.is_file():
        raise PluginNotFound(target, sorted(installed), f"no {file} either" if file else "")
    return _of_file(file)


def _imported(spec: PluginSpec, path: str, installed: Mapping[str, EntryPoint]) -> object:
    module_name, _, attribute = path.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        raise PluginNotFound(spec.name, sorted(installed), _whose(module_name)) from error
    if not attribute:
        return module
    found: object = getattr(module, attribute, None)
    if found is None:
        raise PluginNotFound(spec.name, sorted(installed), f"{module_name} has no {attribute!r}")
    return found


def _of_file(file: Path) -> object:
    """The module of a file, without its folder on the module path: once a process and file."""
    name = f"blog_site_plugin_{file.stem}_{crc32(str(file).encode()):08x}"
    if name not in sys.modules:
        spec = spec_from_file_location(name, file)
        if spec is None or spec.loader is None:
            raise ImportError(f"{file} is no Python file")
        module = module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]


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
