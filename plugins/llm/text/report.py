"""What a clean-up did: the new text, every span that went and why, advice, and the tokens saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from plugins.llm.text.markdown.cuts import Cut, Kind
from plugins.llm.text.tokens import TokenCount, count_tokens


class AdviceKind(StrEnum):
    """What the author may want to look at; nothing of it was changed."""

    KEPT_REPEAT = "repeat that was kept"
    NEAR_REPEAT = "nearly the same"
    CONTRADICTION = "nearly the same with other numbers or a negation"
    LITERAL_NEWLINE = "backslash and n instead of a line end"
    LOOP = "the answer repeats itself to its end"


@dataclass(frozen=True, slots=True)
class Removal:
    """A span of the input that the output lacks, and what stood there."""

    start: int
    end: int
    kind: Kind
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Advice:
    """A span of the input that was left as it is, and what there is to say about it."""

    start: int
    end: int
    kind: AdviceKind
    message: str


@dataclass(frozen=True, slots=True)
class CleanUp:
    """A cleaned text and its report: `text` is the input without the spans of `removals`."""

    text: str
    removals: tuple[Removal, ...]
    advice: tuple[Advice, ...]
    tokens_before: TokenCount
    tokens_after: TokenCount

    @property
    def tokens_saved(self) -> int:
        """The tokens that the clean-up saves; an estimate unless `tokens_before.exact`."""
        return self.tokens_before.tokens - self.tokens_after.tokens


LAYOUT_REASONS = {
    Kind.LINE_END: "a carriage return before a line feed",
    Kind.INDENT: "an indent that all lines of the block share",
    Kind.TRAILING: "blanks at the end of a line that break no line",
    Kind.BLANK_LINES: "blank lines behind another one, or at an end of the text",
    Kind.BLANKS: "more than one blank between two words",
    Kind.LIST_PADDING: "more indent than the list needs",
    Kind.TABLE_PADDING: "blanks and dashes that only align a table",
}


def report(before: str, after: str, cuts: Sequence[Cut], advice: Sequence[Advice]) -> CleanUp:
    """The report of one clean-up."""
    return CleanUp(
        text=after,
        removals=tuple(
            Removal(
                cut.start,
                cut.end,
                cut.kind,
                cut.reason or LAYOUT_REASONS[cut.kind],
                before[cut.start : cut.end],
            )
            for cut in cuts
        ),
        advice=tuple(sorted(advice, key=lambda one: (one.start, one.end))),
        tokens_before=count_tokens(before),
        tokens_after=count_tokens(after),
    )
