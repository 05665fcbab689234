"""Front matter as a drawer that is emptied key by key; what nobody took is known at the end."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from blog_core.importing.plain_values import text_of
from blog_core.importing.post import JsonValue

# Keys that generators use for themselves and that say nothing about the post as such.
_SILENT_KEYS = frozenset(
    {
        "layout",
        "type",
        "weight",
        "toc",
        "math",
        "lang",
        "locale",
        "template",
        "pagination",
        "markup",
    }
)
_NESTED = ("params", "extra", "header", "seo")
_YES = frozenset({"true", "yes", "on", "1", "y"})
_NO = frozenset({"false", "no", "off", "0", "n", "never"})


@lru_cache(maxsize=4_096)
def key_form(key: str) -> str:
    """One form for `lastmod`, `lastMod` and `last_mod`: generators differ in nothing else."""
    return re.sub(r"[-_ ]", "", key).casefold()


@dataclass(slots=True)
class Fields:
    """The keys of one file. Taking a key marks it as placed; looking into a nested one does not."""

    values: Mapping[str, JsonValue]
    _placed: set[str] = field(default_factory=set)
    _expected: set[str] = field(default_factory=set)

    def find(self, *names: str) -> Iterator[tuple[str, JsonValue]]:
        """The keys present under any of `names`, in the order of `names`, with their values."""
        for name in names:
            for key, value in self.values.items():
                if key_form(key) == key_form(name):
                    self._expected.add(key)
                    yield key, value

    def nested(self, *names: str) -> JsonValue:
        """A value below one of the mappings in which themes keep theirs, else None."""
        for outer in _NESTED:
            for _, inner in self.find(outer):
                if isinstance(inner, dict):
                    found = next((value for _, value in Fields(inner).find(*names)), None)
                    if found is not None:
                        return found
        return None

    def place(self, key: str) -> None:
        """Note that the value of `key` has found its place in the post."""
        self._placed.add(key)

    def text(self, *names: str) -> str:
        """The first value with a text among `names`, taken; empty if there is none."""
        for key, value in self.find(*names):
            text = text_of(value).strip()
            if text:
                self.place(key)
                return text
        return ""

    def truth(self, *names: str) -> bool | None:
        """The first value among `names` that says yes or no, taken; None if there is none."""
        for key, value in self.find(*names):
            answer = truth_of(value)
            if answer is not None:
                self.place(key)
                return answer
        return None

    @property
    def extra(self) -> dict[str, JsonValue]:
        """What has found no place, in the order of the file. Empty values are not kept."""
        return {
            key: value
            for key, value in self.values.items()
            if key not in self._placed and value not in (None, "", [], {})
        }

    @property
    def unknown(self) -> tuple[str, ...]:
        """The keys of `extra` that nobody expected."""
        return tuple(
            key
            for key in self.extra
            if key not in self._expected and key_form(key) not in _SILENT_KEYS
        )


def truth_of(value: JsonValue) -> bool | None:
    """Yes, no, or None for a value that says neither."""
    word = text_of(value).strip().casefold()
    if word in _YES:
        return True
    return False if word in _NO else None


def words_of(value: JsonValue) -> list[str]:
    """Several words from a list, or from one text with commas or else with spaces."""
    if isinstance(value, list):
        parts = [text_of(item) for item in value]
    else:
        text = text_of(value)
        parts = re.split(r"[,;]", text) if re.search(r"[,;]", text) else text.split()
    return [" ".join(part.split()) for part in parts if part.strip()]
