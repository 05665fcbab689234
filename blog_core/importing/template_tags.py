"""Template tags of site generators, turned into Markdown where their meaning is certain.

Nothing is ever run. What is not understood stays as it is written, and everything is counted. Code
is left alone, except that `{% raw %}` marks, which generators read even there, are taken out.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from blog_core.importing import markdown_pieces as md
from blog_core.importing.dialect import Dialect
from blog_core.importing.html_blocks import HtmlBlocks
from blog_core.importing.tag_meanings import (
    BLOCK_MEANINGS,
    MEANINGS,
    Place,
    highlight,
    youtube_address,
)
from blog_core.importing.template_arguments import (
    Output,
    parse_arguments,
    parse_call,
    parse_output,
)
from blog_core.importing.template_scan import Kind, Piece, pieces_of


class Outcome(StrEnum):
    """What became of a tag."""

    CONVERTED = "converted"
    REDUCED = "reduced to their text"
    KEPT = "kept as they are"
    DROPPED = "left out"


@dataclass(frozen=True, slots=True)
class Converted:
    """A body after conversion, and how often what became of which tag."""

    body: str
    tags: Counter[tuple[str, Outcome]] = field(default_factory=Counter)


def convert_tags(
    body: str, *, dialect: Dialect, values: Mapping[str, str] | None = None, folder: str = ""
) -> Converted:
    """`body` with its template tags converted.

    `values` are the texts of the front matter, for `{{ page.title }}`; `folder` is where the file
    lies below the archive's content, for references between pages.
    """
    if dialect is Dialect.PLAIN or not re.search(r"[{]|\]\(@/", body):
        return Converted(body)
    pieces = pieces_of(body, dialect)
    converter = _Converter(body, pieces, values or {}, Place(folder=folder))
    return Converted(converter.joined(0, len(pieces)), converter.tags)


_RAW_LINE = re.compile(r"^[ \t]*\{%-?\s*(?:end)?raw\s*-?%\}[ \t]*\r?\n", re.MULTILINE)
_RAW_MARK = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
_SITE_ROOTS = frozenset({"site.baseurl", "site.url", "site.base_url", "baseurl", "base_url"})
_OWN_VALUES = ("page.", "post.", "this.", "article.")
_PLAIN_FILTERS = frozenset(
    {"url", "safe", "escape", "xml_escape", "h", "e", "strip", "trim", "smartify", "markdownify",
     "prepend", "relative_url", "absolute_url", "uri_escape"}
)  # fmt: skip
_PORTRAIT = re.compile(r"photo|image|avatar|portrait|icon")
_MAX_NESTING = 8


class _Converter:
    def __init__(
        self, body: str, pieces: Sequence[Piece], values: Mapping[str, str], place: Place
    ) -> None:
        self.tags: Counter[tuple[str, Outcome]] = Counter()
        self._body = body
        self._pieces = pieces
        self._ends = _ends_of(pieces)
        self._values = values
        self._place = place
        self._html = HtmlBlocks(body)
        self._nesting = 0

    def joined(self, start: int, end: int) -> str:
        """The pieces from `start` to `end` as one text; paired tags take what is between along."""
        parts: list[str] = []
        index = start
        while index < end:
            closing = self._ends.get(index, end)
            if closing < end and self._nesting < _MAX_NESTING:
                parts.append(self._pair(index, closing))
                index = closing + 1
            else:
                parts.append(self._one(self._pieces[index]))
                index += 1
        return "".join(parts)

    def _one(self, piece: Piece) -> str:
        convert = _CONVERTERS.get(piece.kind)
        return convert(self, piece) if convert else piece.whole

    def raw(self, piece: Piece) -> str:
        return self._count("raw", Outcome.CONVERTED, piece.inner)

    def internal(self, piece: Piece) -> str:
        """Zola's `@/blog/page.md#part`, as the path of that page."""
        path = re.sub(r"(?:/_?index)?\.md(?=#|$)", "/", piece.whole[1:])
        return self._count("internal link", Outcome.CONVERTED, path)

    def dropped(self, piece: Piece) -> str:
        return self._count(piece.name, Outcome.DROPPED, "")

    def code(self, piece: Piece) -> str:
        text, lines = _RAW_LINE.subn("", piece.whole)
        text, marks = _RAW_MARK.subn("", text)
        if lines + marks:
            self.tags["raw", Outcome.CONVERTED] += 1
        return text

    def block(self, piece: Piece) -> str:
        if piece.name == "comment":
            return self._count("comment", Outcome.DROPPED, "")
        indent = self._indent(piece)
        code = re.sub(rf"^{re.escape(indent)}", "", piece.inner, flags=re.MULTILINE)
        shown = highlight(parse_arguments(piece.arguments), code, self._place) or piece.whole
        return self._count(piece.name, Outcome.CONVERTED, self._apart(shown, piece))

    def tag(self, piece: Piece) -> str:
        meaning = MEANINGS.get(piece.name)
        if meaning is not None:
            arguments = parse_arguments(_without_brackets(piece.arguments))
            shown = meaning(arguments, self._place_of(piece))
            if shown is not None:
                return self._count(piece.name, Outcome.CONVERTED, shown)
        if piece.name == "endraw":
            return ""
        if piece.name.startswith(("end", "/")):
            return piece.whole
        return self._count(piece.name, Outcome.KEPT, piece.whole)

    def _pair(self, index: int, closing: int) -> str:
        """The text of a tag that ends at the piece `closing`, with what stands between."""
        piece = self._pieces[index]
        self._nesting += 1
        inner = self.joined(index + 1, closing)
        self._nesting -= 1
        arguments = parse_arguments(_without_brackets(piece.arguments))
        shown = BLOCK_MEANINGS[piece.name](arguments, inner, self._place_of(piece))
        if shown is None:
            whole = f"{piece.whole}{inner}{self._pieces[closing].whole}"
            return self._count(piece.name, Outcome.KEPT, whole)
        return self._count(piece.name, Outcome.CONVERTED, self._apart(shown, piece))

    def output(self, piece: Piece) -> str:
        call = parse_call(piece.arguments)
        if call is not None and call[0] in MEANINGS:
            shown = MEANINGS[call[0]](call[1], replace(self._place_of(piece), is_liquid=False))
            if shown is not None:
                return self._count(call[0], Outcome.CONVERTED, shown)
        output = parse_output(piece.arguments)
        if output is None:
            return self._count("{{ }}", Outcome.KEPT, piece.whole)
        if output.literal is not None:
            return self._literal(output, output.literal, piece)
        return self._value(output, piece)

    def _literal(self, output: Output, literal: str, piece: Piece) -> str:
        filters = dict(output.filters)
        strange = next((name for name in filters if name not in _PLAIN_FILTERS), None)
        if strange is None:
            name = next(iter(filters), "text")
            is_rooted = filters.keys() & {"relative_url", "absolute_url"}
            text = "/" + literal.lstrip("/") if is_rooted and "://" not in literal else literal
            return self._count(f"| {name}", Outcome.CONVERTED, text)
        if strange == "embed":
            return self._count("| embed", Outcome.CONVERTED, self._embed(literal, filters, piece))
        shown = (
            f"({strange.replace('_', ' ')}: {literal})" if _PORTRAIT.search(strange) else literal
        )
        return self._count(f"| {strange}", Outcome.REDUCED, shown)

    def _embed(self, address: str, filters: Mapping[str, str], piece: Piece) -> str:
        address = youtube_address(address) or address
        text = filters.get("embed") or address
        return md.link(address, text, in_html=self._place_of(piece).in_html)

    def _value(self, output: Output, piece: Piece) -> str:
        if output.name in _SITE_ROOTS:
            appended = dict(output.filters).get("append", "")
            return self._count(output.name, Outcome.CONVERTED, appended)
        own = output.name
        for prefix in _OWN_VALUES:
            own = own.removeprefix(prefix)
        is_plain = all(name in _PLAIN_FILTERS for name, _ in output.filters)
        if own in self._values and is_plain:
            return self._count(f"{{{{ {output.name} }}}}", Outcome.CONVERTED, self._values[own])
        return self._count(f"{{{{ {output.name} }}}}", Outcome.KEPT, piece.whole)

    def _count(self, name: str, outcome: Outcome, text: str) -> str:
        self.tags[name, outcome] += 1
        return text

    def _place_of(self, piece: Piece) -> Place:
        is_liquid = piece.kind is not Kind.SHORTCODE
        return replace(self._place, in_html=piece.start in self._html, is_liquid=is_liquid)

    def _indent(self, piece: Piece) -> str:
        line = self._body[self._body.rfind("\n", 0, piece.start) + 1 : piece.start]
        return line if not line.strip() else ""

    def _apart(self, block: str, piece: Piece) -> str:
        """A block on lines of its own, indented like the tag it replaces."""
        before = self._body[self._body.rfind("\n", 0, piece.start) + 1 : piece.start]
        if before.strip():
            block = f"\n\n{block}\n"
        if piece.start in self._html:
            block = f"\n{block}\n"
        return block.replace("\n", f"\n{self._indent(piece)}")


def _ends_of(pieces: Sequence[Piece]) -> Mapping[int, int]:
    """Which piece ends which: `{% endname %}`, `{% end %}` or `{{< /name >}}` the last open one."""
    ends: dict[int, int] = {}
    opened: dict[str, list[int]] = {name: [] for name in BLOCK_MEANINGS}
    last: list[int] = []
    for index, piece in enumerate(pieces):
        if piece.kind not in {Kind.TAG, Kind.SHORTCODE}:
            continue
        if piece.name in opened:
            opened[piece.name].append(index)
            last.append(index)
        else:
            name = re.sub(r"^(?:end|/)", "", piece.name)
            waiting = last if piece.name == "end" else opened.get(name, [])
            while waiting and waiting[-1] in ends:
                waiting.pop()
            if waiting and name != piece.name:
                ends[waiting.pop()] = index
    return ends


def _without_brackets(arguments: str) -> str:
    """Zola and Nunjucks may write `name(key="value")`."""
    inside = re.fullmatch(r"\((.*)\)", arguments.strip(), re.DOTALL)
    return inside[1] if inside else arguments


_CONVERTERS: Mapping[Kind, Callable[[_Converter, Piece], str]] = {
    Kind.CODE: _Converter.code,
    Kind.RAW: _Converter.raw,
    Kind.BLOCK: _Converter.block,
    Kind.TAG: _Converter.tag,
    Kind.SHORTCODE: _Converter.tag,
    Kind.OUTPUT: _Converter.output,
    Kind.INTERNAL: _Converter.internal,
    Kind.REMARK: _Converter.dropped,
    Kind.HEADING_ID: _Converter.dropped,
    Kind.ATTRIBUTES: _Converter.dropped,
}
