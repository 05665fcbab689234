"""Reads a page strictly: every element closed in order, ids unique, nothing inline that runs."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass(frozen=True, slots=True)
class Element:
    """A start tag and its attributes, in the order of the page."""

    tag: str
    attributes: dict[str, str]


@dataclass(slots=True)
class Document:
    """What was read: all elements, and what is wrong."""

    elements: list[Element] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements called `tag` with these attributes."""
        wanted = attributes.items()
        return [e for e in self.elements if e.tag == tag and wanted <= e.attributes.items()]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.document = Document()
        self._open: list[str] = []
        self._ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.document.elements.append(Element(tag, attributes))
        self._judge(tag, attributes)
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        expected = self._open.pop() if self._open else "nothing"
        if tag != expected:
            self.document.faults.append(f"</{tag}> where {expected} is open")

    def close(self) -> None:
        super().close()
        self.document.faults.extend(f"<{tag}> is never closed" for tag in self._open)

    def _judge(self, tag: str, attributes: dict[str, str]) -> None:
        faults = self.document.faults
        if tag == "style" or (tag == "script" and attributes.get("type") != "application/ld+json"):
            faults.append(f"inline <{tag}>")
        faults.extend(f"{n} on <{tag}>" for n in attributes if n == "style" or n.startswith("on"))
        name = attributes.get("id")
        if name is not None and name in self._ids:
            faults.append(f"id {name} twice")
        self._ids.add(name or "")


def read(html: str) -> Document:
    """`html`, read strictly."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.document
