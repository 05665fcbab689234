"""Where a note belongs in a text: its quote, found again after the text was edited.

Texts are compared as readers see them: without markup, with single spaces. A quote that is there
word for word is found, by what stood around it when it is there more than once. One that was
rewritten is found by its surroundings. Else it is gone, and the note says so.
"""

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Literal

CONTEXT_CHARS = 32
MIN_CONTEXT_CHARS = 8
MAX_QUOTE_CHARS = 1_000

_APART = frozenset(
    "address article aside blockquote br dd details div dl dt figcaption figure footer h1 h2 h3 h4 "
    "h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr "
    "ul".split()
)

State = Literal["there", "changed", "gone"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A quote of a text, what stood before and after it, and where it began."""

    quote: str
    before: str = ""
    after: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What an anchor points to now: the words there, and where they begin."""

    state: State
    text: str = ""
    place: int = -1


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _APART:
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _APART:
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def words_of(html: str) -> str:
    """The text of a rendered document on one line, with single spaces."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    return one_line("".join(parser.pieces))


def one_line(text: str) -> str:
    """A text with single spaces."""
    return " ".join(text.split())


def anchor(text: str, quote: str, *, before: str = "", after: str = "") -> Anchor | None:
    """An anchor to a quote in a text of `words_of`; None when it is not there.

    Of several places the one is meant that `before` and `after` fit best.
    """
    wanted = Anchor(one_line(quote), one_line(before), one_line(after))
    place = _best(text, wanted)
    if place < 0:
        return None
    end = place + len(wanted.quote)
    return Anchor(
        wanted.quote,
        text[max(0, place - CONTEXT_CHARS) : place],
        text[end : end + CONTEXT_CHARS],
        place,
    )


def find(text: str, wanted: Anchor) -> Found:
    """Where an anchor points to in a text of `words_of`."""
    place = _best(text, wanted)
    if place >= 0:
        return Found("there", wanted.quote, place)
    return _between(text, wanted)


def _best(text: str, wanted: Anchor) -> int:
    """The occurrence of the quote that its surroundings fit best, the nearest of equal ones."""
    best, best_rank = -1, (-1, 0)
    place = text.find(wanted.quote) if wanted.quote else -1
    while place >= 0:
        end = place + len(wanted.quote)
        fits = _common_end(text[:place][-CONTEXT_CHARS:], wanted.before)
        fits += _common_start(text[end : end + CONTEXT_CHARS], wanted.after)
        rank = (fits, -abs(place - wanted.place))
        if best < 0 or rank > best_rank:
            best, best_rank = place, rank
        place = text.find(wanted.quote, place + 1)
    return best


def _between(text: str, wanted: Anchor) -> Found:
    """What stands between the surroundings now, when both are there once and close together."""
    before, after = wanted.before, wanted.after
    if min(len(before), len(after)) < MIN_CONTEXT_CHARS or text.count(before) != 1:
        return Found("gone")
    start = text.index(before) + len(before)
    end = text.find(after, start)
    longest = 2 * len(wanted.quote) + CONTEXT_CHARS
    if end <= start or end - start > longest or not text[start:end].strip():
        return Found("gone")
    return Found("changed", text[start:end].strip(), start)


def _common_end(first: str, second: str) -> int:
    return _common_start(first[::-1], second[::-1])


def _common_start(first: str, second: str) -> int:
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count
