"""The effective settings one by one, each with its source, for the admin and `blog settings`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, SecretStr
from sqlalchemy import URL

from blog_core.settings.faults import dotted, is_secret
from blog_core.settings.layers import Path, Sourced
from blog_core.settings.plugin_names import PluginSpec
from blog_core.settings.sections import setting_paths


@dataclass(frozen=True, slots=True)
class SettingReport:
    """One setting as people may see it: secrets say only whether they are set."""

    name: str
    value_shown: str
    source: str
    default: str
    description: str


def report_on(
    model: BaseModel, leaves: Mapping[Path, Sourced], section: str = ""
) -> Iterator[SettingReport]:
    """A line for each setting of a filled model."""
    for path in setting_paths(type(model)):
        value, description, default = _look_up(model, path)
        leaf = leaves.get(path) or _inside(leaves, path)
        secret = is_secret(type(model), path)
        yield SettingReport(
            name=dotted(section, path),
            value_shown=shown(value, secret=secret),
            source=leaf.source if leaf else "default",
            default=shown(default if default is not None else _computed(leaf), secret=secret),
            description=description,
        )


def _computed(leaf: Sourced | None) -> Any:
    return leaf.value if leaf and leaf.source == "default" else None


def _inside(leaves: Mapping[Path, Sourced], path: Path) -> Sourced | None:
    return next((leaf for known, leaf in leaves.items() if known[: len(path)] == path), None)


def _look_up(model: BaseModel, path: Path) -> tuple[Any, str, Any]:
    holder: Any = model
    for part in path[:-1]:
        holder = getattr(holder, part)
    field = type(holder).model_fields[path[-1]]
    default = None if field.is_required() else field.get_default()
    return getattr(holder, path[-1]), field.description or "", default


def shown(value: object, *, secret: bool = False) -> str:
    """A value for people: lists with commas, of secrets only whether they are set."""
    if isinstance(value, SecretStr):
        return "set (hidden)" if value.get_secret_value() else ""
    if isinstance(value, URL):
        value = value.render_as_string(hide_password=True)
    elif secret:
        value = "set (hidden)" if value else ""
    if isinstance(value, PluginSpec):
        return f"{value.name} (optional)" if value.optional else value.name
    if isinstance(value, tuple | list | set | frozenset):
        return ", ".join(map(shown, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
