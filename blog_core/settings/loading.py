"""Settings in two steps: the core's, which name the plugins; then the plugins' sections."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, overload

from pydantic import BaseModel
from sqlalchemy import URL

from blog_core.errors import ConfigError, PluginNotEnabled, SettingFault
from blog_core.settings.core import CoreSettings
from blog_core.settings.faults import dotted, nearest, shorten
from blog_core.settings.layers import Layers, Path, Sourced
from blog_core.settings.plugin_names import PluginSpec
from blog_core.settings.production import production_faults
from blog_core.settings.report import SettingReport, report_on
from blog_core.settings.sections import S, fill
from blog_core.settings.sources import (
    config_file,
    database_url_from_parts,
    lay_database_url,
    lay_environment,
    read_file,
)

_CORE_NAMES = frozenset(CoreSettings.model_fields)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one blog: `core`, and each enabled plugin's section."""

    core: CoreSettings
    sections: Mapping[str, BaseModel]
    layers: Layers = field(repr=False)
    ignored: tuple[str, ...] = ()

    @overload
    def section(self, plugin: str) -> BaseModel: ...

    @overload
    def section(self, plugin: str, model: type[S]) -> S: ...

    def section(self, plugin: str, model: type[BaseModel] = BaseModel) -> BaseModel:
        """A plugin's section. Raises `PluginNotEnabled` when the blog has no such plugin."""
        found = self.sections.get(plugin)
        if not isinstance(found, model):
            raise PluginNotEnabled(plugin, f"The setting section [{plugin}]")
        return found

    def report(self) -> list[SettingReport]:
        """Every setting with its effective value, secrets masked, and where it was set."""
        lines = list(report_on(self.core, self.layers.below()))
        for name, section in self.sections.items():
            lines += report_on(section, self.layers.below(name), name)
        return lines


@dataclass(frozen=True, slots=True)
class RawSettings:
    """What was set, before the plugins have said which sections they know.

    `folder` is that of `blog.toml`, where plugins may stand as single files.
    """

    plugins: tuple[PluginSpec, ...]
    disabled: frozenset[str]
    safe_mode: bool
    folder: FilePath | None
    _layers: Layers = field(repr=False)
    _core: CoreSettings | None = field(repr=False)
    _faults: tuple[SettingFault, ...]

    def complete(
        self, models: Mapping[str, type[BaseModel]], *, installed: Iterable[str] = ()
    ) -> Settings:
        """The settings, once the plugins' `models` are known, by plugin name.

        A section of a plugin that is `installed` or listed, but not loaded now, is left aside.
        Raises `ConfigError` with every fault of the core's settings and of all sections.
        """
        faults = list(self._faults)
        sections: dict[str, BaseModel] = {}
        for name, model in models.items():
            section, found = fill(model, self._layers.below(name), name)
            faults += found
            if section is not None:
                sections[name] = section
        known = {*installed, *(spec.name for spec in self.plugins)}
        for name in sorted(self.disabled - known):
            switch = SettingFault("BLOG_PLUGINS_DISABLED", repr(name), nearest(name, known))
            faults.append(switch)
        aside = known - set(models)
        stray = [name for name in self._layers.names() if name not in _CORE_NAMES | set(models)]
        for name in stray:
            if name not in aside:
                faults += _unknown(name, self._layers, [*_CORE_NAMES, *models, *aside])
        if faults or self._core is None:
            raise ConfigError(faults)
        ignored = tuple(
            f"{dotted(name, path)} in {leaf.source}"
            for name in stray
            for path, leaf in self._layers.below(name).items()
        )
        return Settings(self._core, sections, self._layers, ignored)


def load_settings(
    *,
    name: str = "blog",
    overrides: Mapping[str, Any] | None = None,
    app_config: Mapping[str, Any] | None = None,
    environ: Mapping[str, str],
    in_host_app: bool = False,
    instance_path: FilePath | None = None,
) -> RawSettings:
    """The first step: every source laid over the one before, and the core's settings checked.

    From weak to strong: defaults, `blog.toml`, the environment, `app_config["BLOG"]` (for a blog
    named news `app_config["BLOG_NEWS"]`), `overrides`. Raises `ConfigError` at once only when
    `plugins` cannot be read; other faults wait for `RawSettings.complete`.
    """
    layers = Layers()
    file = config_file(name, environ)
    faults = _lay_file(layers, file)
    lay_database_url(layers, name, environ)
    faults += lay_environment(layers, name, environ, _CORE_NAMES)
    key = "BLOG" if name == "blog" else f"BLOG_{name.upper()}"
    faults += _lay_mapping(layers, (app_config or {}).get(key, {}), f"app.config[{key!r}]")
    faults += _lay_mapping(layers, overrides or {}, "create_app")
    if in_host_app and not layers.get("secret_key") and (app_config or {}).get("SECRET_KEY"):
        host_key = (app_config or {})["SECRET_KEY"]
        layers.set(("secret_key",), Sourced(host_key, "app.config['SECRET_KEY']"))
    if name == "blog" and (not in_host_app or _is_on(layers.get("db_opt", "read_db_env"))):
        faults += _lay_database_parts(layers, environ)
    _lay_places(layers, (instance_path / name) if instance_path else _beside(file))
    flask_debug = bool((app_config or {}).get("DEBUG"))
    return _read_core(layers, faults, environ, file, flask_debug=flask_debug)


def _lay_file(layers: Layers, file: FilePath | None) -> list[SettingFault]:
    if file is None:
        return []
    values, faults = read_file(file)
    layers.lay(values, file.name)
    return faults


def _lay_mapping(layers: Layers, values: object, source: str) -> list[SettingFault]:
    if not isinstance(values, Mapping):
        return [SettingFault(source, shorten(values), "a mapping of settings")]
    layers.lay(values, source)
    return []


def _lay_database_parts(layers: Layers, environ: Mapping[str, str]) -> list[SettingFault]:
    if layers.get("database_url"):
        return []
    leaf, faults = database_url_from_parts(environ)
    if leaf:
        layers.set(("database_url",), leaf)
    return faults


def _is_on(leaf: Sourced | None) -> bool:
    return leaf is not None and str(leaf.value).lower() in {"true", "1", "yes", "on"}


def _beside(file: FilePath | None) -> FilePath:
    return (file.parent if file else FilePath.cwd()) / "data"


def _lay_places(layers: Layers, usual: FilePath) -> None:
    """The two defaults that depend on where the blog stands."""
    if not layers.get("data_dir"):
        layers.set(("data_dir",), Sourced(usual, "default"))
    folder = layers.get("data_dir")
    if not layers.get("database_url") and folder and isinstance(folder.value, str | FilePath):
        file = FilePath(folder.value).absolute() / "blog.sqlite3"
        url = URL.create("sqlite", database=str(file))
        layers.set(("database_url",), Sourced(url, "default"))


def _read_core(
    layers: Layers,
    faults: list[SettingFault],
    environ: Mapping[str, str],
    file: FilePath | None,
    *,
    flask_debug: bool,
) -> RawSettings:
    leaves = {path: leaf for path, leaf in layers.below().items() if path[0] in _CORE_NAMES}
    core, found = fill(CoreSettings, leaves)
    if any(fault.setting.startswith("plugins") for fault in found):
        raise ConfigError([*faults, *found])
    checked = core or _without_faults(leaves, found)
    return RawSettings(
        plugins=checked.plugins,
        disabled=frozenset(_names(environ.get("BLOG_PLUGINS_DISABLED", ""))),
        safe_mode=_is_on(Sourced(environ.get("BLOG_SAFE_MODE", ""), "BLOG_SAFE_MODE")),
        folder=file.parent if file else None,
        _layers=layers,
        _core=core,
        _faults=(*faults, *found, *production_faults(checked, flask_debug=flask_debug)),
    )


def _without_faults(leaves: Mapping[Path, Sourced], faults: list[SettingFault]) -> CoreSettings:
    """The core with faulty settings left out, to find what else is wrong. Nobody runs on it."""
    faulty = {fault.setting for fault in faults}
    places = {("data_dir",): Sourced(".", ""), ("database_url",): Sourced("sqlite://", "")}
    right = {
        path: leaf
        for path, leaf in leaves.items()
        if not faulty & {".".join(path[:n]) for n in range(1, len(path) + 1)}
    }
    core, _ = fill(CoreSettings, places | right)
    return core or CoreSettings.model_validate({"data_dir": ".", "database_url": "sqlite://"})


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _unknown(name: str, layers: Layers, known: Iterable[str]) -> list[SettingFault]:
    sources = sorted({leaf.source for leaf in layers.below(name).values()})
    found = f"an unknown setting in {', '.join(sources)}"
    return [SettingFault(name, found, nearest(name, known))]
