"""What is wrong with settings, in words: the setting, what was found where, what is expected."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from sqlalchemy import URL

from blog_core.errors import SettingFault
from blog_core.settings.layers import Path, Sourced

MASK = "(hidden)"
_SHOWN_CHARS = 60


def validation_faults(
    error: ValidationError, model: type[BaseModel], leaves: Mapping[Path, Sourced], section: str
) -> list[SettingFault]:
    """One fault for each of pydantic's errors."""
    return [_fault(item, model, leaves, section) for item in error.errors(include_url=False)]


def _fault(
    item: Any, model: type[BaseModel], leaves: Mapping[Path, Sourced], section: str
) -> SettingFault:
    path = tuple(part for part in item["loc"] if isinstance(part, str))
    path = next((path[:n] for n in range(len(path), 0, -1) if path[:n] in leaves), path)
    setting = dotted(section, path)
    leaf = leaves.get(path)
    if leaf is None:
        inside = [leaf for known, leaf in leaves.items() if known[: len(path)] == path]
        found = f"a table in {inside[0].source}" if path and inside else "nothing"
        return SettingFault(setting, found, _expected(item))
    shown = MASK if is_secret(model, path) else shorten(leaf.value)
    return SettingFault(setting, f"{shown} in {leaf.source}", _expected(item))


def _expected(item: Any) -> str:
    if item["type"] == "missing":
        return "a value"
    message: str = item["msg"]
    for start in ("Value error, ", "Input should be ", "Input should "):
        message = message.removeprefix(start)
    return message


def dotted(section: str, path: Path) -> str:
    """A setting's name as people write it: `cache.max_bytes`."""
    return ".".join((section, *path) if section else path)


def shorten(value: object) -> str:
    """A value as it stands in an error: its repr, cut."""
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"


def unknown_faults(
    found: Mapping[Path, Sourced], known: Iterable[Path], section: str = ""
) -> Iterator[SettingFault]:
    """A fault for each path that names no setting, with the nearest one that does."""
    names = {dotted(section, path) for path in known}
    for path, leaf in found.items():
        setting = dotted(section, path)
        yield SettingFault(setting, f"an unknown setting in {leaf.source}", nearest(setting, names))


def nearest(name: str, known: Iterable[str]) -> str:
    """What to write instead of an unknown name."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"{close[0]!r}, perhaps"
    return f"one of {', '.join(names)}" if names else "no settings here"


def is_secret(model: type[BaseModel], path: Path) -> bool:
    """Whether a setting's value must not be shown: its type is a secret or a database URL."""
    kind: Any = model
    for part in path:
        field = getattr(kind, "model_fields", {}).get(part)
        if field is None:
            return False
        kind = field.annotation
    return any(secret in _parts(kind) for secret in (SecretStr, URL))


def _parts(annotation: Any) -> set[Any]:
    inner: set[Any] = set().union(*(_parts(a) for a in getattr(annotation, "__args__", ())))
    return inner | ({annotation} if isinstance(annotation, type) else set())
