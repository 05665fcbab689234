"""The fields of a sub-stage: their types and limits, and what is wrong with a value.

A value is a text, a whole number, a yes or no, or None for nothing. Types are exact: True is no
number.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from blog_core.api import FieldError

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Title = Annotated[str, Field(min_length=1, max_length=200)]
FieldType = Literal["text", "line", "link", "date", "choice", "number", "yes_no"]
Value = str | int | bool | None

MOST_CHARS = 100_000
_USUAL_CHARS = {"text": 2_000, "line": 255, "link": 1_024}
_LIMITS_OF: dict[str, tuple[str, ...]] = {
    "min_chars": ("text", "line"),
    "max_chars": ("text", "line", "link"),
    "min": ("number",),
    "max": ("number",),
    "choices": ("choice",),
}


class Frozen(BaseModel):
    """A part of a definition: it never changes, and takes no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class StageField(Frozen):
    """One value that belongs to a sub-stage."""

    name: Name
    title: Title
    type: FieldType = "text"
    required: bool = False
    help: str = Field("", max_length=1_000)
    min_chars: int | None = Field(None, ge=1, le=MOST_CHARS, strict=True)
    max_chars: int | None = Field(None, ge=1, le=MOST_CHARS, strict=True)
    min: int | None = Field(None, strict=True)
    max: int | None = Field(None, strict=True)
    choices: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _limits_fit(self) -> "StageField":
        for limit, types in _LIMITS_OF.items():
            if getattr(self, limit) not in {None, ()} and self.type not in types:
                raise ValueError(f"no {limit}, which is for fields of type {' or '.join(types)}")
        if self.type == "choice" and not self.choices:
            raise ValueError("choices, as the type is choice")
        for low, high in ((self.min_chars, self.max_chars), (self.min, self.max)):
            if low is not None and high is not None and low > high:
                raise ValueError(f"limits that leave room: {low:,} is more than {high:,}")
        return self

    @property
    def most_chars(self) -> int | None:
        """How many characters fit in; None where characters are not what is limited."""
        return self.max_chars or _USUAL_CHARS.get(self.type)

    @property
    def limits(self) -> dict[str, Any]:
        """The limits for whoever shows the field, so that they can be told while typing."""
        found: dict[str, Any] = {"required": self.required, "max_chars": self.most_chars}
        found |= {name: getattr(self, name) for name in ("min_chars", "min", "max", "choices")}
        return {name: value for name, value in found.items() if value not in {None, ()}}


def is_empty(value: object) -> bool:
    """Whether there is nothing to be read: no value, or white space."""
    return value is None or (isinstance(value, str) and not value.strip())


def cleaned(value: object) -> object:
    """A text with one kind of line end; nothing for an empty one."""
    if isinstance(value, str):
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    return None if is_empty(value) else value


def typed_value(field: StageField, text: str) -> object:
    """What somebody typed into a form, as the field's type; as it is where it is none."""
    stripped = text.strip()
    if field.type == "yes_no":
        return stripped.lower() in {"yes", "on", "true", "1"}
    if field.type == "number" and stripped.removeprefix("-").isdecimal():
        return int(stripped[:20])
    return text if field.type == "text" else stripped


def value_faults(field: StageField, value: object) -> Iterator[FieldError]:
    """What is wrong with a value: its type, or a limit that it passes."""
    if value is None:
        return
    expected, kind = _KINDS[field.type]
    if type(value) is not kind:
        found = "the text " + repr(value[:40]) if isinstance(value, str) else type(value).__name__
        yield FieldError(field.name, "type", f"found {found}, expected {expected}")
    else:
        check = _CHECKS.get(field.type)
        yield from check(field, value) if check is not None else ()


def field_faults(
    known: Mapping[str, StageField], values: Mapping[str, object]
) -> Iterator[FieldError]:
    """Everything wrong with values by field name: unknown ones, other types, passed limits."""
    for name, value in values.items():
        field = known.get(name)
        if field is None:
            expected = ", ".join(known) or "none"
            yield FieldError(str(name)[:80], "unknown", f"is no field here; there are: {expected}")
        else:
            yield from value_faults(field, value)


def _text(field: StageField, value: Any) -> Iterator[FieldError]:
    length = len(value)
    if field.most_chars is not None and length > field.most_chars:
        message = f"found {length:,} characters, expected at most {field.most_chars:,}"
        yield FieldError(field.name, "too_long", message, field.most_chars)
    if field.min_chars is not None and length < field.min_chars:
        message = f"found {length:,} characters, expected at least {field.min_chars:,}"
        yield FieldError(field.name, "too_short", message, field.min_chars)
    if not _can_be_kept(value):
        message = "found characters that no text can hold (control characters, half of a pair)"
        yield FieldError(field.name, "characters", message)


def _line(field: StageField, value: Any) -> Iterator[FieldError]:
    yield from _text(field, value)
    if "\n" in value:
        yield FieldError(field.name, "lines", "found several lines, expected one")


def _link(field: StageField, value: Any) -> Iterator[FieldError]:
    yield from _line(field, value)
    if not _is_web_address(value):
        yield FieldError(field.name, "invalid", "expected an address with http:// or https://")


def _date(field: StageField, value: Any) -> Iterator[FieldError]:
    try:
        date.fromisoformat(value)
    except ValueError:
        found = repr(value[:40])
        yield FieldError(field.name, "invalid", f"found {found}, expected a day like 2026-11-24")


def _choice(field: StageField, value: Any) -> Iterator[FieldError]:
    if value not in field.choices:
        expected = ", ".join(field.choices)
        message = f"found {value[:40]!r}, expected one of {expected}"
        yield FieldError(field.name, "unknown", message, expected)


def _number(field: StageField, value: Any) -> Iterator[FieldError]:
    if field.min is not None and value < field.min:
        message = f"found {value:,}, expected at least {field.min:,}"
        yield FieldError(field.name, "too_small", message, field.min)
    if field.max is not None and value > field.max:
        message = f"found {value:,}, expected at most {field.max:,}"
        yield FieldError(field.name, "too_large", message, field.max)
    if not -(2**53) < value < 2**53:
        yield FieldError(field.name, "too_large", "expected a number below 2 to the power of 53")


def _can_be_kept(text: str) -> bool:
    return not any(
        unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\t"
        for char in text
        if not char.isprintable()
    )


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text


_KINDS: dict[str, tuple[str, type]] = {
    "text": ("a text", str),
    "line": ("a text", str),
    "link": ("an address as text", str),
    "date": ("a day as text, like 2026-11-24", str),
    "choice": ("one of the choices as text", str),
    "number": ("a whole number", int),
    "yes_no": ("true or false", bool),
}
_CHECKS: dict[str, Callable[[StageField, Any], Iterator[FieldError]]] = {
    "text": _text,
    "line": _line,
    "link": _link,
    "date": _date,
    "choice": _choice,
    "number": _number,
}
