"""What rendering a text gives: safe HTML, and the facts that lists, feeds and heads are made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """One entry of a table of contents. `level` is 2 to 6, `id` is the anchor in the HTML."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """An image named in a text: its address as written, and what it shows."""

    src: str
    alt: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered text. `html` has passed the sanitiser; nothing may edit it afterwards.

    `excerpt` is plain text, to be escaped where it is shown. `fell_back` tells that the parser
    failed and `html` is the source, escaped.
    """

    html: str
    toc: tuple[Heading, ...] = ()
    words: int = 0
    reading_time_min: int = 1
    excerpt: str = ""
    first_image: Image | None = None
    fell_back: bool = False
