"""The words of a Markdown text, paragraph by paragraph, as a reader sees them."""

from html.parser import HTMLParser

from blog_core.api import render_markdown

_BLOCKS = frozenset("p li h1 h2 h3 h4 h5 h6 blockquote td th dt dd figcaption summary".split())
_LEFT_OUT = frozenset(("pre", "sup"))


def plain_text(markdown: str) -> tuple[str, ...]:
    """The paragraphs, items, headings and cells of a text without markup, code and notes.

    Raises `TooLarge`.
    """
    reader = _Words()
    reader.feed(render_markdown(markdown).html)
    reader.close()
    return reader.finished()


def prose(markdown: str) -> tuple[str, ...]:
    """The paragraphs alone: what can be read aloud as sentences."""
    reader = _Words(only=frozenset(("p",)))
    reader.feed(render_markdown(markdown).html)
    reader.close()
    return reader.finished()


class _Words(HTMLParser):
    """Collects the text of a page by its blocks."""

    def __init__(self, only: frozenset[str] = _BLOCKS) -> None:
        super().__init__()
        self._only, self._found, self._now = only, list[str](), list[str]()
        self._depth, self._left_out = 0, 0

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        """A block begins, or something that is left out."""
        if tag in _LEFT_OUT:
            self._left_out += 1
        elif tag in _BLOCKS:
            self._close_block()
            self._depth += tag in self._only
        elif tag == "br":
            self._now.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """A block ends."""
        if tag in _LEFT_OUT:
            self._left_out = max(0, self._left_out - 1)
        elif tag in _BLOCKS:
            self._close_block()
            self._depth = max(0, self._depth - (tag in self._only))

    def handle_data(self, data: str) -> None:
        """Words of the block."""
        if self._depth and not self._left_out:
            self._now.append(data)

    def finished(self) -> tuple[str, ...]:
        """All blocks that say something."""
        self._close_block()
        return tuple(self._found)

    def _close_block(self) -> None:
        text = " ".join("".join(self._now).split())
        if text:
            self._found.append(text)
        self._now.clear()
