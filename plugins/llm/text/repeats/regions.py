"""Parts of a prompt that are set off as material by tags or by rows of quotation marks."""

import re
from collections.abc import Iterator

from plugins.llm.text.markdown.keep import Spans, between

TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)(?:\s[^<>]*)?>")
# Tags around words that are meant for the model, not around words to work on.
INSTRUCTION_TAGS = frozenset(
    "audience constraints format goal guidelines important instruction instructions "
    "output_format prompt requirements role rule rules style system task tasks tone".split()
)
# A tag that is indented further is code.
MAX_INDENT = 4
FENCES = ('"""', "'''")


def material(text: str) -> Spans:
    """The spans of the text between the tags of material, and between triple quotation marks."""
    return Spans(
        [
            *_tagged(text),
            *(span for mark in FENCES for span in between(text, mark, mark, len(text))),
        ]
    )


def _tagged(text: str) -> Iterator[tuple[int, int]]:
    """From each opening tag to its closing one, or to the end for a tag alone on its line."""
    opened: dict[str, list[re.Match[str]]] = {}
    for tag in TAG.finditer(text) if "<" in text else ():
        closes, name = tag.groups()
        if name.casefold() in INSTRUCTION_TAGS or tag.group().endswith("/>"):
            continue
        if not closes:
            opened.setdefault(name, []).append(tag)
        elif opened.get(name):
            yield opened[name].pop().start(), tag.end()
    for tags in opened.values():
        yield from ((tag.start(), len(text)) for tag in tags if _is_alone(text, tag))


def _is_alone(text: str, tag: re.Match[str]) -> bool:
    before = text[max(0, tag.start() - MAX_INDENT) : tag.start()].rstrip(" ")
    opens_line = before.endswith("\n") or (not before and tag.start() < MAX_INDENT)
    return opens_line and text[tag.end() : tag.end() + 1] in {"", "\n", "\r"}
