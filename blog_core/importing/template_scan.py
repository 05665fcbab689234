"""A Markdown text cut into pieces: plain text, code, and template tags of every known syntax.

One pass from left to right: whatever begins first decides, so that a tag inside code is code and a
code mark inside a tag is part of the tag. Joined again, the pieces are the text.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from blog_core.importing.dialect import Dialect

MAX_TAG_CHARS = 4_000


class Kind(StrEnum):
    """What a piece is."""

    TEXT = "text"
    CODE = "code"
    RAW = "raw"  # text whose author said that it holds no tags
    BLOCK = "block"  # a tag with content that is no Markdown, such as highlighted code
    TAG = "tag"
    OUTPUT = "output"
    SHORTCODE = "shortcode"
    REMARK = "remark"
    HEADING_ID = "heading_id"
    ATTRIBUTES = "attributes"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text from `start` on. A tag has a `name` and `arguments`, a block has `inner`."""

    kind: Kind
    whole: str
    start: int
    name: str = ""
    arguments: str = ""
    inner: str = ""


_ATTRIBUTE = r"""(?:[.#][\w-]+|[\w-]+=(?:"[^"\n]*"|'[^'\n]*'))"""
# The look-ahead saves trying every alternative at every character.
_OPENER = re.compile(
    rf"""(?P<fence>^[ \t]*(?:(?:[-*+]|\d{{1,9}}[.)])[ \t]+)?(?:>[ \t]*)*(?P<marks>`{{3,}}|~{{3,}}))
      | (?P<contents>^(?:[*+-]|1\.)[ ][^\n]{{0,80}}\n\{{:[ ]*toc[^\n}}]{{0,80}}\}})
      | (?=[`<{{@]) (?:
            (?P<ticks>`+)
          | (?P<script><(?P<element>script|style)\b)
          | (?P<shortcode>\{{\{{(?P<angle>[<%]))
          | (?P<heading_id>\{{\#[\w:.-]+(?:[ ]+[.][\w-]+)*\}}(?=[ \t]*$))
          | (?P<remark>\{{\#)
          | (?P<output>\{{\{{)
          | (?P<tag>\{{%)
          | (?P<attributes>\{{:[ ]*(?:toc|{_ATTRIBUTE})(?:[ ]+{_ATTRIBUTE})*[ ]*\}})
          | (?P<internal>(?<=\]\()@/[^)\s]+)
        )
    """,
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)
_NAME = re.compile(r"[-+~]?\s*(/?\s*[A-Za-z_][\w.-]*)\s*(.*?)\s*[-+~]?", re.DOTALL)
_BLANK_LINE = re.compile(r"\n[ \t]*\r?\n")
_SHUTTERS = {"<": ">}}", "%": "%}}"}
# The content of these is code or a remark: it must not be read as Markdown on the way to their end.
_BLOCKS = frozenset({"raw", "comment", "highlight", "codeblock", "verbatim"})


def pieces_of(text: str, dialect: Dialect) -> list[Piece]:
    """The pieces of `text`, as far as `dialect` knows their syntax."""
    return list(_Scanner(text, dialect).pieces())


class _Scanner:
    def __init__(self, text: str, dialect: Dialect) -> None:
        self._text = text
        self._dialect = dialect
        self._absent: set[str] = set()
        self._ticks: dict[int, list[int]] = defaultdict(list)
        for run in re.finditer("`+", text):
            self._ticks[len(run[0])].append(run.start())

    def pieces(self) -> Iterator[Piece]:
        done, position = 0, 0
        while opener := _OPENER.search(self._text, position):
            piece = self._piece(opener)
            position = opener.end()
            if piece is None:
                continue
            if piece.start > done:
                yield self._plain(done, piece.start)
            yield piece
            done = position = piece.start + len(piece.whole)
        if done < len(self._text):
            yield self._plain(done, len(self._text))

    def _plain(self, start: int, end: int) -> Piece:
        return Piece(Kind.TEXT, self._text[start:end], start)

    def _piece(self, opener: re.Match[str]) -> Piece | None:
        """The piece that begins at `opener`, or None if it turns out to be mere text."""
        return _READERS.get(opener.lastgroup or "", _Scanner.markup)(self, opener)

    def fence(self, opener: re.Match[str]) -> Piece | None:
        marks = opener["marks"]
        line_end = self._line_end(opener.end())
        if marks[0] == "`" and "`" in self._text[opener.end() : line_end]:
            return self.code_span(opener)
        closing = re.compile(rf"^[ \t>]*{marks[0]}{{{len(marks)},}}[ \t]*$", re.MULTILINE)
        end = closing.search(self._text, line_end)
        return self._code(opener.start(), end.end() if end else len(self._text))

    def code_span(self, opener: re.Match[str]) -> Piece | None:
        ticks = opener["ticks"] or opener["marks"]
        runs = self._ticks[len(ticks)]
        following = bisect_left(runs, opener.end())
        if ticks[0] != "`" or following == len(runs):
            return None
        closer = runs[following]
        if _BLANK_LINE.search(self._text, opener.end(), closer):
            return None
        return self._code(opener.end() - len(ticks), closer + len(ticks))

    def element(self, opener: re.Match[str]) -> Piece:
        """A script or style element, which is as little Markdown as code is."""
        end = self._find(rf"</{opener['element'].lower()}\s*>", opener.end())
        return self._code(opener.start(), end.end() if end else opener.end())

    def shortcode(self, opener: re.Match[str]) -> Piece | None:
        if not self._dialect.has_hugo_shortcodes:
            return None
        if self._text.startswith("/*", opener.end()):
            return self._escaped_shortcode(opener)
        inside = self._inside(opener, _SHUTTERS[opener["angle"]])
        named = _NAME.fullmatch(inside.strip().removesuffix("/")) if inside is not None else None
        if inside is None or named is None:
            return None
        end = opener.end() + len(inside) + 3
        return self._named(Kind.SHORTCODE, opener.start(), end, named)

    def _escaped_shortcode(self, opener: re.Match[str]) -> Piece | None:
        r"""`{{</* name */>}}` shows a tag without running it."""
        shutter = "*/" + _SHUTTERS[opener["angle"]]
        inside = self._inside(opener, shutter)
        if inside is None:
            return None
        end = opener.end() + len(inside) + len(shutter)
        shown = opener[0] + inside[2:] + shutter[2:]
        return Piece(Kind.RAW, self._text[opener.start() : end], opener.start(), "raw", inner=shown)

    def output(self, opener: re.Match[str]) -> Piece | None:
        if not (self._dialect.has_liquid or self._dialect.has_calls):
            return None
        inside = self._inside(opener, "}}")
        if inside is None:
            return None
        end = opener.end() + len(inside) + 2
        whole = self._text[opener.start() : end]
        return Piece(Kind.OUTPUT, whole, opener.start(), arguments=inside.strip("-~ \t\r\n"))

    def tag(self, opener: re.Match[str]) -> Piece | None:
        if not (self._dialect.has_liquid or self._dialect.has_calls):
            return None
        inside = self._inside(opener, "%}")
        named = _NAME.fullmatch(inside) if inside is not None else None
        if inside is None or named is None:
            return None
        end = opener.end() + len(inside) + 2
        return self._named(Kind.TAG, opener.start(), end, named)

    def _named(self, kind: Kind, start: int, end: int, named: re.Match[str]) -> Piece:
        """A tag with its name and arguments, and with its content if that is no Markdown."""
        name = re.sub(r"\s", "", named[1]).lower()
        closing = self._find(_block_end(kind, name), end) if name in _BLOCKS else None
        if closing is None:
            return Piece(kind, self._text[start:end], start, name, named[2])
        kind = Kind.RAW if name in {"raw", "verbatim"} else Kind.BLOCK
        whole, inner = self._text[start : closing.end()], self._text[end : closing.start()]
        return Piece(kind, whole, start, name, named[2], inner)

    def remark(self, opener: re.Match[str]) -> Piece | None:
        inside = self._inside(opener, "#}") if self._dialect.has_calls else None
        if inside is None:
            return None
        end = opener.end() + len(inside) + 2
        return Piece(Kind.REMARK, self._text[opener.start() : end], opener.start(), "comment")

    def markup(self, opener: re.Match[str]) -> Piece | None:
        kind = _MARKUP.get(opener.lastgroup or "", Kind.TEXT)
        start = opener.start()
        if kind is Kind.ATTRIBUTES and not self._dialect.has_liquid:
            return None
        if kind is Kind.HEADING_ID:
            line = self._text[self._text.rfind("\n", 0, start) + 1 : start]
            if not re.match(r" {0,3}#{1,6}\s", line):
                return None
            start -= len(line) - len(line.rstrip())
        return Piece(kind, self._text[start : opener.end()], start, kind.replace("_", " "))

    def _inside(self, opener: re.Match[str], shutter: str) -> str | None:
        end = self._text.find(shutter, opener.end(), opener.end() + MAX_TAG_CHARS)
        return None if end < 0 else self._text[opener.end() : end]

    def _find(self, pattern: str, position: int) -> re.Match[str] | None:
        """The next match; a pattern once found to be absent from there on is not sought again."""
        if pattern in self._absent:
            return None
        found = re.compile(pattern, re.IGNORECASE).search(self._text, position)
        if found is None:
            self._absent.add(pattern)
        return found

    def _code(self, start: int, end: int) -> Piece:
        return Piece(Kind.CODE, self._text[start:end], start)

    def _line_end(self, position: int) -> int:
        end = self._text.find("\n", position)
        return len(self._text) if end < 0 else end


def _block_end(kind: Kind, name: str) -> str:
    """The pattern that ends a block: `{{< /name >}}`, `{% endname %}` or `{% end %}`."""
    if kind is Kind.SHORTCODE:
        return rf"\{{\{{[<%]\s*/\s*{name}\s*[>%]\}}\}}"
    return rf"\{{%[-+]?\s*end(?:{name})?\s*[-+]?%\}}"


_READERS: Mapping[str, Callable[[_Scanner, re.Match[str]], Piece | None]] = {
    "fence": _Scanner.fence,
    "ticks": _Scanner.code_span,
    "script": _Scanner.element,
    "shortcode": _Scanner.shortcode,
    "output": _Scanner.output,
    "tag": _Scanner.tag,
    "remark": _Scanner.remark,
}
_MARKUP = {
    "heading_id": Kind.HEADING_ID,
    "attributes": Kind.ATTRIBUTES,
    "contents": Kind.ATTRIBUTES,
    "internal": Kind.INTERNAL,
}
