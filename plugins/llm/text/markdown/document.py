"""A text as Markdown blocks: the lines, the parser's tokens, and where both meet."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from plugins.llm.text.precheck import may_have_blanks

# The parser drops what is nested deeper. A text that reaches this can't be proved, so it stays.
MAX_NESTING = 60
LINE_END = re.compile(r"\r\n|\n|\r")
VERBATIM = frozenset({"fence", "code_block", "html_block"})


# A rule for a block can match only in a text that has one of its marks. Leaving out the others
# takes a fifth off the time of parsing the blocks, and changes no result.
MARKS = {
    "blockquote": (">",),
    "code": ("    ", "\t"),
    "fence": ("`", "~"),
    "heading": ("#",),
    "html_block": ("<",),
    "reference": ("[",),
    "table": ("|",),
}


@cache
def parser(without: frozenset[str] = frozenset()) -> MarkdownIt:
    """The parser of CommonMark and tables, without some rules. It holds no state between texts."""
    markdown = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table")
    return markdown.disable(sorted(without))


@dataclass(frozen=True, slots=True)
class Block:
    """One block at the top level: its lines `first` to before `last`, and its slice of tokens."""

    kind: str
    first: int
    last: int
    token: int
    token_end: int


class Document:
    """A text with its lines and its blocks, found when they are first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def may_have_blanks(self) -> bool:
        """False when the layout of the text is clean as far as can be seen without parsing."""
        return may_have_blanks(self.text)

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return LINE_END.split(self.text) if "\r" in self.text else self.text.split("\n")

    @cached_property
    def starts(self) -> list[int]:
        """Where each line starts."""
        if "\r" in self.text:
            return [0, *(end.end() for end in LINE_END.finditer(self.text))]
        return list(accumulate((len(line) + 1 for line in self.lines[:-1]), initial=0))

    @cached_property
    def ends(self) -> list[int]:
        """Where each line ends, before its line end."""
        return [start + len(line) for start, line in zip(self.starts, self.lines, strict=True)]

    @cached_property
    def _parsed(self) -> tuple[list[Token], dict[str, Any]]:
        return parse_blocks("\n".join(self.lines) if "\r" in self.text else self.text)

    @property
    def tokens(self) -> list[Token]:
        """The block tokens; text inside them (`inline` tokens) is not parsed further."""
        return self._parsed[0]

    @property
    def environment(self) -> dict[str, Any]:
        """What the parser collected beside the tokens: the link targets."""
        return self._parsed[1]

    @cached_property
    def blocks(self) -> list[Block]:
        """The blocks at the top level, in order."""
        found, opened = [], 0
        for number, token in enumerate(self.tokens):
            if token.level:
                continue
            if token.nesting == 1:
                opened = number
            elif token.map or token.nesting == -1:
                first = opened if token.nesting else number
                lines = self.tokens[first].map
                kind = self.tokens[first].type.removesuffix("_open")
                if lines:
                    found.append(Block(kind, lines[0], self._trimmed(lines), first, number + 1))
        return found

    def _trimmed(self, lines: list[int]) -> int:
        """The end of a block without the blank lines that the parser counts to it."""
        last = lines[1]
        while last > lines[0] + 1 and not self.lines[last - 1].strip():
            last -= 1
        return last

    @cached_property
    def verbatim_lines(self) -> set[int]:
        """The lines of code and HTML blocks, at any depth."""
        lines: set[int] = set()
        for token in self.tokens:
            if token.type in VERBATIM and token.map:
                lines.update(range(*token.map))
        return lines

    def block_text(self, block: Block) -> str:
        """The text of a block with the marks of its lines."""
        return self.text[self.starts[block.first] : self.ends[block.last - 1]]

    def line_of(self, position: int) -> int:
        """The number of the line at a position, counted from 1 as people do."""
        return bisect_right(self.starts, position)

    def content_start(self, token: Token) -> int:
        """Where the text of an `inline` token starts, behind indent, list marker and the like."""
        line = token.map[0] if token.map else 0
        first = token.content.partition("\n")[0].rstrip()
        return self.starts[line] + max(self.lines[line].rfind(first), 0)


def parse_blocks(source: str) -> tuple[list[Token], dict[str, Any]]:
    """The block tokens of a text whose lines end in a line feed, and the parser's environment."""
    tokens: list[Token] = []
    environment: dict[str, Any] = {}
    useless = [rule for rule, marks in MARKS.items() if not any(mark in source for mark in marks)]
    markdown = parser(frozenset(useless))
    markdown.block.parse(source.replace("\0", "\ufffd"), markdown, environment, tokens)
    return tokens, environment
