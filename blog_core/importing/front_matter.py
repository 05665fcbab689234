"""The head of a file: found, cut off and parsed, be it YAML, TOML or JSON."""

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from blog_core.importing.errors import FrontMatterFault
from blog_core.importing.plain_values import TooComplex, plain_value
from blog_core.importing.post import JsonValue
from blog_core.importing.yaml_values import YamlFault, parse_yaml

MAX_FRONT_MATTER_CHARS = 64 * 1024

_OPENING = re.compile(r"(---|\+\+\+)([a-z]*)[ \t]*(?:\r\n|\r|\n|\Z)")
_YAML_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)", re.MULTILINE)
_TOML_CLOSING = re.compile(r"^\+\+\+[ \t]*(?:\r\n|\r|\n|\Z)", re.MULTILINE)
_JSON_OPENING = re.compile(r"\{\s*[\"}]")
_BLANK_LINE = re.compile(r"[ \t]*(?:\r\n|\r|\n)")
_LOOKS_LIKE_A_KEY = re.compile(r"\s*[\"']?[\w.-]+[\"']?\s*[:=](?:\s|\Z)")
_LANGUAGES = {"": "", "yaml": "---", "yml": "---", "toml": "+++", "json": "{"}


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A file cut in two. `language` is yaml, toml, json, or empty for a file without a head."""

    values: dict[str, JsonValue]
    body: str
    language: str = ""
    notes: tuple[str, ...] = ()


def split_front_matter(text: str, file: str) -> FrontMatter:
    """Cut `text` into its front matter and its body; one blank line between them is dropped.

    A text without front matter is all body. Raises FrontMatterFault, which names `file`, the line,
    what was found and what was expected.
    """
    if _JSON_OPENING.match(text):
        return _split_json(text, file)
    opening = _OPENING.match(text)
    if opening is None:
        return FrontMatter({}, text)
    return _split_fenced(text, opening, file)


def _split_fenced(text: str, opening: re.Match[str], file: str) -> FrontMatter:
    fence = _fence(opening, file)
    closing_of = _TOML_CLOSING if opening[1] == "+++" else _YAML_CLOSING
    closing = closing_of.search(text, opening.end())
    head = text[opening.end() : closing.start() if closing else len(text)]
    if closing is None:
        if _LOOKS_LIKE_A_KEY.match(head):
            _refuse(file, 1, f"an opening {opening[1]}", f"a closing {opening[1]} after the keys")
        return FrontMatter({}, text)
    _check_size(len(head), file)
    values = _PARSERS[fence](head, file)
    if values is None:
        note = f"the text between two lines of {opening[1]} is no front matter and was kept as text"
        return FrontMatter({}, text, notes=(note,))
    return FrontMatter(values, _after_blank_line(text, closing.end()), _NAMES[fence])


def _check_size(chars: int, file: str) -> None:
    if chars > MAX_FRONT_MATTER_CHARS:
        found = f"{chars:,} characters of front matter"
        _refuse(file, 1, found, f"at most {MAX_FRONT_MATTER_CHARS:,}")


def _fence(opening: re.Match[str], file: str) -> str:
    """Which language a fence announces: `---`, `+++`, or a word after the dashes."""
    word = opening[2]
    if word not in _LANGUAGES:
        _refuse(file, 1, f"front matter in {word!r}", "YAML, TOML or JSON; code is never run")
    return _LANGUAGES[word] or opening[1]


def _yaml_values(head: str, file: str) -> dict[str, JsonValue] | None:
    try:
        values = parse_yaml(head)
    except YamlFault as fault:
        raise FrontMatterFault(
            file, fault.line + 1, found=fault.found, expected=fault.expected
        ) from fault
    if values is None:
        return {}
    return values if isinstance(values, dict) else None


def _toml_values(head: str, file: str) -> dict[str, JsonValue] | None:
    try:
        return _as_mapping(tomllib.loads(head.replace("\r\n", "\n").replace("\r", "\n")))
    except (ValueError, RecursionError) as error:
        place = re.search(r"\(at line (\d+), column \d+\)", str(error))
        _refuse(file, int(place[1]) + 1 if place else 2, _reason(error), "valid TOML", error)


def _json_values(head: str, file: str) -> dict[str, JsonValue] | None:
    try:
        values = _decode_json(head)[0]
    except (ValueError, RecursionError) as error:
        line = error.lineno + 1 if isinstance(error, json.JSONDecodeError) else 2
        _refuse(file, line, _reason(error), "valid JSON", error)
    return values


def _split_json(text: str, file: str) -> FrontMatter:
    try:
        values, end = _decode_json(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        _refuse(file, line, _reason(error), "valid JSON", error)
    _check_size(end, file)
    line_end = _BLANK_LINE.match(text, end)
    return FrontMatter(values, _after_blank_line(text, line_end.end() if line_end else end), "json")


def _decode_json(text: str) -> tuple[dict[str, JsonValue], int]:
    decoder = json.JSONDecoder(object_pairs_hook=_every_key_once)
    start = len(text) - len(text.lstrip())
    values, end = decoder.raw_decode(text, start)
    return _as_mapping(values), end


def _every_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} a second time")
    return values


def _as_mapping(values: object) -> dict[str, JsonValue]:
    plain = plain_value(values)
    if not isinstance(plain, dict):
        raise TooComplex("something other than keys with values")
    return plain


def _after_blank_line(text: str, position: int) -> str:
    blank = _BLANK_LINE.match(text, position)
    return text[blank.end() if blank else position :]


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "values nested too deeply"
    return re.sub(r"\s*\(at .*\)|: line \d+ column.*", "", str(error))


def _refuse(
    file: str, line: int, found: str, expected: str, cause: Exception | None = None
) -> NoReturn:
    raise FrontMatterFault(file, line, found=found, expected=expected) from cause


_PARSERS: dict[str, Callable[[str, str], dict[str, JsonValue] | None]] = {
    "---": _yaml_values,
    "+++": _toml_values,
    "{": _json_values,
}
_NAMES = {"---": "yaml", "+++": "toml", "{": "json"}
