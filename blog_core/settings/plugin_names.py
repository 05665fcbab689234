"""One item of `plugins`: a name, a dotted path, a table, or (in tests) the plugin itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_PATH = re.compile(r"[A-Za-z_]\w*([.:][A-Za-z_]\w*)+\Z")


@dataclass(frozen=True, slots=True)
class PluginSpec:
    """A plugin to load. `target` is an entry-point name, a dotted path, or the plugin itself.

    `name` is the plugin's one name: of its settings section, metrics, tables and commands.
    """

    name: str
    target: object = field(repr=False)
    optional: bool = False


def _spec(item: object) -> PluginSpec:
    if isinstance(item, PluginSpec):
        return item
    if isinstance(item, Mapping):
        return _from_table(item)
    if isinstance(item, str):
        return PluginSpec(name=_name_of(item.strip()), target=item.strip())
    if isinstance(item, int | float | list | tuple | dict | None):
        raise ValueError('a name, a dotted path, or {name = "...", optional = true}')  # noqa: TRY004
    return PluginSpec(name=_name_of_object(item), target=item)


def _from_table(table: Mapping[object, object]) -> PluginSpec:
    unknown = sorted(str(key) for key in set(table) - {"name", "optional"})
    if unknown or not isinstance(table.get("optional", False), bool) or "name" not in table:
        raise ValueError('a table with name and optional only, such as {name = "llm"}')
    spec = _spec(table["name"])
    return PluginSpec(name=spec.name, target=spec.target, optional=bool(table.get("optional")))


def _name_of(text: str) -> str:
    if not _NAME.match(text) and not _PATH.match(text):
        raise ValueError("a plugin's name (small letters, digits and _) or a dotted path")
    return re.split(r"[.:]", text)[-1].lower()


def _name_of_object(plugin: object) -> str:
    kind = plugin if isinstance(plugin, ModuleType | type) else type(plugin)
    declared = getattr(plugin, "name", None)
    name = declared if isinstance(declared, str) else kind.__name__.rpartition(".")[2].lower()
    return _name_of(name)


PluginName = Annotated[PluginSpec, BeforeValidator(_spec), PlainSerializer(lambda spec: spec.name)]
