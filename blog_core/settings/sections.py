"""One model filled from its leaves: text from the environment read, faults told, unknowns found."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_origin

from pydantic import BaseModel, ValidationError

from blog_core.errors import SettingFault
from blog_core.settings.faults import shorten, unknown_faults, validation_faults
from blog_core.settings.layers import Path, Sourced, nested

S = TypeVar("S", bound=BaseModel)
_LISTS = (tuple, list, set, frozenset)


def fill(
    model: type[S], leaves: Mapping[Path, Sourced], section: str = ""
) -> tuple[S | None, list[SettingFault]]:
    """The model with these values, or None and everything that is wrong with them."""
    not_a_table = leaves.get(())
    if not_a_table is not None and not_a_table.value != {}:
        found = f"{shorten(not_a_table.value)} in {not_a_table.source}"
        return None, [SettingFault(section, found, "a table of settings")]
    leaves = {path: leaf for path, leaf in leaves.items() if path}
    known = {path: leaf for path, leaf in leaves.items() if is_known(model, path)}
    unknown = {path: leaf for path, leaf in leaves.items() if path not in known}
    faults = list(unknown_faults(unknown, setting_paths(model), section))
    values = {path: _read(model, path, leaf) for path, leaf in known.items()}
    try:
        filled = model.model_validate(nested(values))
    except ValidationError as error:
        return None, faults + validation_faults(error, model, known, section)
    return (None if faults else filled), faults


def setting_paths(model: type[BaseModel], above: Path = ()) -> Iterator[Path]:
    """The paths of a model's settings, nested tables included."""
    for name, field in model.model_fields.items():
        table = as_table(field.annotation)
        if table is None:
            yield (*above, name)
        else:
            yield from setting_paths(table, (*above, name))


def as_table(annotation: Any) -> type[BaseModel] | None:
    """The model a field's type is, if it is one."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return None


def is_known(model: type[BaseModel], path: Path) -> bool:
    """Whether a path leads to a setting, or into one whose value is an open table."""
    field = model.model_fields.get(path[0])
    if field is None:
        return False
    table = as_table(field.annotation)
    return is_known(table, path[1:]) if table and len(path) > 1 else True


def _read(model: type[BaseModel], path: Path, leaf: Sourced) -> Any:
    """A leaf's value; text from the environment becomes a list or table where one is expected."""
    if not leaf.is_text:
        return leaf.value
    kind: Any = model
    for part in path:
        field = getattr(kind, "model_fields", {}).get(part)
        kind = field.annotation if field else None
    origin = get_origin(kind) or kind
    if origin in _LISTS:
        return [part.strip() for part in leaf.value.split(",") if part.strip()]
    if origin is dict or as_table(origin):
        return _json_table(leaf.value)
    return leaf.value


def _json_table(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
