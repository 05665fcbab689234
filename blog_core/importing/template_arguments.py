"""What stands inside a template tag: positional and named arguments, and filters after a value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# A quote ends a string only where something else may follow: people put quotes inside quotes.
_QUOTED = r""""(?:[^"]|"(?=[^\s,|)]))*"|'(?:[^']|'(?=[^\s,|)]))*'|`[^`]*`"""
_ARGUMENT = re.compile(
    rf"""(?P<key>[A-Za-z_][\w.-]*) \s* [:=] \s* (?P<named>{_QUOTED}|[^\s,"'|)]+)
      | (?P<string>{_QUOTED})
      | (?P<word>[^\s,]+)""",
    re.VERBOSE,
)
_VALUE = re.compile(rf"\s*(?P<value>{_QUOTED}|[A-Za-z_$.][\w.$-]*)\s*(?P<filters>\|.*)?", re.DOTALL)
_FILTER = re.compile(rf"\|\s*([A-Za-z_]\w*)\s*(?:[:(]\s*((?:{_QUOTED}|[^|\"'])*))?")
_CALL = re.compile(r"\s*([A-Za-z_][\w.]*)\s*\((.*)\)\s*(?:\|\s*safe\s*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of one tag, without quotes. `rest` is the text they were read from, `is_tidy`
    whether every quote in it had its partner."""

    rest: str
    positional: tuple[str, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    is_tidy: bool = True

    def get(self, *names: str) -> str:
        """The first non-empty named argument among `names`, else an empty text."""
        return next((self.named[name] for name in names if self.named.get(name)), "")

    def at(self, position: int) -> str:
        """A positional argument, or an empty text."""
        return self.positional[position] if position < len(self.positional) else ""


@dataclass(frozen=True, slots=True)
class Output:
    """`{{ value | filter: argument }}`. `literal` is None when the value is a name."""

    literal: str | None
    name: str
    filters: tuple[tuple[str, str], ...]


def parse_arguments(text: str) -> Arguments:
    """The arguments in `text`: `"a" 'b' word key="value", key: 'value'`, in any mixture."""
    positional: list[str] = []
    named: dict[str, str] = {}
    is_tidy = True
    for match in _ARGUMENT.finditer(text):
        if match["key"]:
            named[match["key"].lower().replace("-", "_")] = unquoted(match["named"])
        else:
            positional.append(unquoted(match["string"] or match["word"]))
            is_tidy = is_tidy and '"' not in (match["word"] or "")
    return Arguments(text, tuple(positional), named, is_tidy)


def parse_output(text: str) -> Output | None:
    """The value and the filters of an output tag, or None for anything more involved."""
    match = _VALUE.fullmatch(text)
    if match is None:
        return None
    value = match["value"]
    is_literal = value[0] in "\"'`"
    filters = tuple(
        (found[1], unquoted(found[2].strip().rstrip(")")) if found[2] else "")
        for found in _FILTER.finditer(match["filters"] or "")
    )
    return Output(unquoted(value) if is_literal else None, "" if is_literal else value, filters)


def parse_call(text: str) -> tuple[str, Arguments] | None:
    """The name and the arguments of `name(key="value")`, or None if it is no call."""
    match = _CALL.fullmatch(text)
    return (match[1], parse_arguments(match[2])) if match else None


def unquoted(text: str) -> str:
    """`text` without the quotes around it, on one line."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`":
        text = text[1:-1]
    return " ".join(text.split())
