"""A definition read from TOML. Every fault is told at once: place, found, expected."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from blog_core.api import ConfigError, SettingFault
from plugins.workflow.definition import (
    EDIT,
    PUBLISH,
    USUAL_TRANSITIONS,
    Approvals,
    Definition,
    Gate,
    Part,
    Stage,
    Transition,
)
from plugins.workflow.fields import StageField

_MODELS: dict[str, type[BaseModel]] = {
    "stage": Stage,
    "part": Part,
    "fields": StageField,
    "transition": Transition,
    "gate": Gate,
    "approvals": Approvals,
}
_START = re.compile(r"^(Value error, |(Input|String|Tuple|Dictionary) should (be |have )?)")
_END = re.compile(r" after validation, not \d+$")


def read_definition(name: str, file: Path, checks: Sequence[str]) -> Definition:
    """The definition called `name`. `checks` are those that this blog has.

    Raises `ConfigError` with every fault of the file.
    """
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        found = f"{file} ({error.strerror})"
        raise _refused(SettingFault(_place(file), found, "a file that can be read")) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _refused(SettingFault(_place(file), str(error), "TOML in UTF-8")) from error
    if "name" in data:
        found = repr(data.pop("name"))
        fault = SettingFault(
            _place(file, "name"), found, "no name: it is the settings that give it"
        )
        raise _refused(fault)
    return checked_definition({"name": name, **data}, file, checks)


def checked_definition(data: dict[str, Any], file: Path, checks: Sequence[str]) -> Definition:
    """The definition of these values, or `ConfigError` with all their faults."""
    faults: list[SettingFault] = []
    definition = None
    try:
        definition = Definition.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False)
        faults = [_fault(file, data, each) for each in found if not _follows(each)]
    faults += [SettingFault(_place(file, path), *told) for path, *told in _crossed(data, checks)]
    if faults or definition is None:
        raise ConfigError(faults)
    return definition


def _refused(fault: SettingFault) -> ConfigError:
    return ConfigError([fault])


def _place(file: Path, path: str = "") -> str:
    return f"workflow definition {file.name}{': ' if path else ''}{path}"


# --- what the models find -------------------------------------------------------------------------


def _fault(file: Path, data: object, found: Any) -> SettingFault:
    steps = tuple(found["loc"])
    place = _place(file, ".".join(_steps(data, steps)) or "the whole")
    if found["type"] == "missing":
        return SettingFault(place, "nothing", "a value")
    if found["type"] == "extra_forbidden":
        return SettingFault(place, "an unknown key", _nearest(str(steps[-1]), _keys(steps[:-1])))
    message = _END.sub("", _START.sub("", found["msg"]))
    if found["type"] == "string_pattern_mismatch":
        message = "a name of small letters, digits and _, such as first_draft"
    return SettingFault(place, _shown(found["input"]), message)


def _follows(found: Any) -> bool:
    """Whether it only follows from other faults: a list is empty as all its items are wrong."""
    return bool(found["type"] == "too_short" and found["input"])


def _steps(value: Any, loc: Sequence[int | str]) -> Iterator[str]:
    """The place in words: items of lists by their names, as in `stage.planning.part.idea.title`."""
    for step in loc:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            value = None
        yield _called(value, step) if isinstance(step, int) else str(step)


def _called(item: Any, number: int) -> str:
    """An item of a list by its name; by its number (from 0) where that is none."""
    name = item.get("name") if isinstance(item, Mapping) else None
    return name if isinstance(name, str) and name.isidentifier() else str(number)


def _keys(loc: Sequence[int | str]) -> list[str]:
    names = [step for step in loc if step in _MODELS]
    model = _MODELS[str(names[-1])] if names else Definition
    keys = [field.alias or name for name, field in model.model_fields.items()]
    return [key for key in keys if not (model is Definition and key == "name")]


def _nearest(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    perhaps = f"{close[0]!r}, perhaps; " if close else ""
    return f"{perhaps}one of {', '.join(known) or 'none'}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


# --- what only the whole shows --------------------------------------------------------------------

Fault = tuple[str, str, str]


def _crossed(data: Mapping[str, Any], checks: Sequence[str]) -> Iterator[Fault]:
    """Names given twice, and names that lead nowhere. Takes data that may be wrong elsewhere."""
    rows = _tables(data, "transition")
    yield from _twice("transition", rows, "from", "action")
    usual = [row.action for row in USUAL_TRANSITIONS]
    actions = list(dict.fromkeys([str(row.get("action")) for row in rows] or usual))
    stages = _tables(data, "stage")
    yield from _twice("stage", stages, "name")
    parts: dict[str, Mapping[str, Any]] = {}
    for number, stage in enumerate(stages):
        at = f"stage.{_called(stage, number)}.part"
        yield from _twice(at, _tables(stage, "part"), "name")
        for count, part in enumerate(_tables(stage, "part")):
            here = f"{at}.{_called(part, count)}"
            yield from _twice(f"{here}.fields", _tables(part, "fields"), "name")
            yield from _strays(f"{here}.checks", part.get("checks"), checks)
            yield from _strays(f"{here}.may", part.get("may"), [EDIT, *actions])
            stage_id = f"{stage.get('name')}.{part.get('name')}"
            if all(name.isidentifier() for name in stage_id.split(".")):
                parts[stage_id] = part
    for number, gate in enumerate(_tables(data, "gate")):
        yield from _gate_faults(f"gate.{number}", gate, parts, actions, checks)


def _gate_faults(
    at: str,
    gate: Mapping[str, Any],
    parts: Mapping[str, Mapping[str, Any]],
    actions: Sequence[str],
    checks: Sequence[str],
) -> Iterator[Fault]:
    before = gate.get("before", PUBLISH)
    stage_id, _, action = str(before).rpartition(".")
    if before != PUBLISH and (stage_id not in parts or action not in actions):
        example = f"{next(iter(parts), 'stage.part')}.{actions[0]}"
        yield f"{at}.before", _shown(before), f"{PUBLISH!r} or a sub-stage's action: {example!r}"
    fields = [
        f"{stage_id}.{field.get('name')}"
        for stage_id, part in parts.items()
        for field in _tables(part, "fields")
    ]
    yield from _strays(f"{at}.needs", gate.get("needs"), list(parts))
    yield from _strays(f"{at}.filled", gate.get("filled"), fields)
    yield from _strays(f"{at}.passes", gate.get("passes"), checks)


def _tables(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = data.get(key)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _twice(at: str, items: Sequence[Mapping[str, Any]], *keys: str) -> Iterator[Fault]:
    names = [" ".join(str(item.get(key)) for key in keys) for item in items]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield at, f"{name!r} twice", "each once"


def _strays(at: str, found: Any, known: Sequence[str]) -> Iterator[Fault]:
    for name in found if isinstance(found, list | dict) else ():
        if isinstance(name, str) and name not in known:
            yield at, repr(name), _nearest(name, known)
