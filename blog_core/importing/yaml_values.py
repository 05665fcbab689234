"""YAML without surprises: JSON's values only, every key once, no tags that make objects, no bombs.

Values are built from the parser's events with a stack of our own, so that neither deep nesting nor
aliases can cost more than the limits say.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from blog_core.importing.plain_values import (
    MAX_DEPTH,
    MAX_VALUES,
    plain_scalar,
    text_of,
)
from blog_core.importing.post import JsonValue
from blog_core.rendering import legal_text

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG_PREFIX = "tag:yaml.org,2002:"
_KNOWN_TAGS = frozenset({"str", "int", "float", "bool", "null", "timestamp", "map", "seq"})
_MERGE = "<<"
Event: TypeAlias = Any  # PyYAML's events come without useful types.


class YamlFault(ValueError):
    """YAML that is wrong or not allowed; `line` counts from 1 inside the text given."""

    def __init__(self, line: int, *, found: str, expected: str) -> None:
        self.line, self.found, self.expected = line, found, expected
        super().__init__(f"line {line}: found {found}, expected {expected}")


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is still being filled."""

    value: list[JsonValue] | dict[str, JsonValue]
    anchor: str | None
    start: int
    key: str | None = None
    merged: list[dict[str, JsonValue]] = field(default_factory=list)


def parse_yaml(text: str) -> JsonValue:
    """The value of a YAML document; None for an empty one. Raises YamlFault."""
    builder = _Builder()
    for event in _events(text):
        builder.take(event)
    return builder.result


def _events(text: str) -> Iterator[Event]:
    try:
        yield from yaml.parse(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlFault(
            mark.line + 1 if mark else 1,
            found=str(error.problem or error.context),
            expected="valid YAML (a value with ': ' or a special first character needs quotes)",
        ) from error
    except yaml.reader.ReaderError as error:
        raise YamlFault(1, found=str(error).splitlines()[0], expected="printable text") from error


class _Builder:
    def __init__(self) -> None:
        self.result: JsonValue = None
        self._documents = 0
        self._made = 0
        self._frames: list[_Frame] = []
        self._anchors: dict[str, tuple[JsonValue, int]] = {}

    def take(self, event: Event) -> None:
        line = event.start_mark.line + 1
        match event:
            case yaml.DocumentStartEvent():
                self._document(line)
            case yaml.MappingStartEvent():
                self._open({}, event, line)
            case yaml.SequenceStartEvent():
                self._open([], event, line)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._close(line)
            case yaml.AliasEvent():
                self._alias(event.anchor, line)
            case yaml.ScalarEvent():
                self._scalar(event, line)

    def _document(self, line: int) -> None:
        self._documents += 1
        if self._documents > 1:
            raise YamlFault(line, found="a second document", expected="one document")

    def _open(self, value: list[JsonValue] | dict[str, JsonValue], event: Event, line: int) -> None:
        _check_tag(event.tag, line)
        self._count(1, line)
        if len(self._frames) >= MAX_DEPTH:
            raise YamlFault(line, found="deeper nesting", expected=f"at most {MAX_DEPTH} levels")
        if self._frames and self._expects_key():
            raise YamlFault(line, found="a list or mapping as a key", expected="text as a key")
        self._frames.append(_Frame(value, event.anchor, self._made))

    def _close(self, line: int) -> None:
        frame = self._frames.pop()
        if isinstance(frame.value, dict):
            for merged in frame.merged:
                frame.value.update({k: v for k, v in merged.items() if k not in frame.value})
        self._remember(frame.anchor, frame.value, self._made - frame.start + 1)
        self._put(frame.value, line)

    def _alias(self, anchor: str | None, line: int) -> None:
        if anchor is None or anchor not in self._anchors:
            raise YamlFault(line, found=f"the alias *{anchor}", expected="an anchor before it")
        value, size = self._anchors[anchor]
        self._count(size, line)
        self._put(value, line)

    def _scalar(self, event: Event, line: int) -> None:
        _check_tag(event.tag, line)
        self._count(1, line)
        value = legal_text(event.value)
        is_plain = event.implicit[0] and event.style in {None, ""}
        is_text = event.tag == f"{_TAG_PREFIX}str"
        resolved = plain_scalar(value) if is_plain and not is_text else value
        if self._frames and self._expects_key() and is_plain:
            resolved = value
        self._remember(event.anchor, resolved, 1)
        self._put(resolved, line)

    def _count(self, number: int, line: int) -> None:
        self._made += number
        if self._made > MAX_VALUES:
            raise YamlFault(line, found="more values", expected=f"at most {MAX_VALUES:,} values")

    def _remember(self, anchor: str | None, value: JsonValue, size: int) -> None:
        if anchor is not None:
            self._anchors[anchor] = (value, size)

    def _expects_key(self) -> bool:
        frame = self._frames[-1]
        return isinstance(frame.value, dict) and frame.key is None

    def _put(self, value: JsonValue, line: int) -> None:
        if not self._frames:
            self.result = value
            return
        frame = self._frames[-1]
        if isinstance(frame.value, list):
            frame.value.append(value)
        elif frame.key is None:
            frame.key = _new_key(frame.value, value, line)
        else:
            _put_in_mapping(frame, frame.key, value, line)
            frame.key = None


def _new_key(mapping: dict[str, JsonValue], value: JsonValue, line: int) -> str:
    key = text_of(value)
    if not key:
        raise YamlFault(line, found="an empty key", expected="text before the colon")
    if key in mapping:
        raise YamlFault(line, found=f"the key {key!r} a second time", expected="every key once")
    return key


def _put_in_mapping(frame: _Frame, key: str, value: JsonValue, line: int) -> None:
    assert isinstance(frame.value, dict)  # noqa: S101 - only mappings have a pending key
    if key != _MERGE:
        frame.value[key] = value
        return
    merged = value if isinstance(value, list) else [value]
    if not all(isinstance(item, dict) for item in merged):
        raise YamlFault(line, found="'<<' with something else", expected="a mapping to merge")
    frame.merged.extend(item for item in merged if isinstance(item, dict))


def _check_tag(tag: str | None, line: int) -> None:
    if tag is None or tag == "!" or tag.removeprefix(_TAG_PREFIX) in _KNOWN_TAGS:
        return
    shown = tag.replace(_TAG_PREFIX, "!!")
    raise YamlFault(line, found=f"the tag {shown}", expected="plain text, lists and mappings")
