"""One reading of a prompt's instructions: which of them were said before, and may they go?"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .passages import Scope
from .units import MIN_WORDS, Paragraph

# A rule said again behind this much material is a reminder. 225 words are about 300 tokens.
MAX_MATERIAL_WORDS = 225
REMINDER = "it reminds of a rule behind long material"
LEANING = "it or the next sentence leans on the sentence before"


@dataclass(frozen=True, slots=True)
class KeptRepeat:
    """A span that says again what stands at `first`, and why it was not removed."""

    start: int
    end: int
    first: int
    stays: str


@dataclass(slots=True)
class Findings:
    """The units that may go, by passage and place in it, each with where it was said first."""

    gone: dict[tuple[int, int], int] = field(default_factory=dict)
    kept: list[KeptRepeat] = field(default_factory=list)


def read(found: Sequence[Paragraph]) -> Findings:
    """What the instructions of a prompt say again."""
    reading = _Reading(found)
    for number in range(len(found)):
        if not reading.whole(number):
            reading.by_sentence(number)
    return reading.findings


class _Reading:
    """What was said up to one place of the prompt."""

    def __init__(self, found: Sequence[Paragraph]) -> None:
        self.found = found
        self.findings = Findings()
        # By scope and words: where it was said first, and behind how many words of material.
        self.said: dict[tuple[Scope, str], tuple[int, int]] = {}

    def whole(self, number: int) -> bool:
        """True when all of the passage was said before in this order, and its fate is noted."""
        paragraph = self.found[number]
        units = paragraph.units
        key = "\n".join(unit.key for unit in units)
        first = self._first(paragraph, key, units[0].start)
        if first is None or sum(unit.size for unit in units) < MIN_WORDS:
            return False
        stays = paragraph.stays or self._distance(paragraph, key)
        if not stays and (units[0].leans or self._next_leans(number)):
            stays = LEANING
        if stays:
            self._keep(units[0].start, units[-1].end, first, stays)
            return len(units) == 1
        self.findings.gone.update({(number, place): first for place in range(len(units))})
        return True

    def by_sentence(self, number: int) -> None:
        """Note the fate of each sentence of a passage."""
        paragraph = self.found[number]
        kept: list[str] = []
        for place, unit in enumerate(paragraph.units):
            first = self._first(paragraph, unit.key, unit.start)
            if first is None or unit.size < MIN_WORDS:
                kept.append(unit.key)
            elif stays := self._why_it_stays(number, place, kept):
                self._keep(unit.start, unit.end, first, stays)
                kept.append(unit.key)
            else:
                self.findings.gone[number, place] = first

    def _why_it_stays(self, number: int, place: int, kept: Sequence[str]) -> str:
        paragraph = self.found[number]
        unit, is_last = paragraph.units[place], place == len(paragraph.units) - 1
        stays = unit.stays or self._distance(paragraph, unit.key)
        if is_last and not kept:
            stays = stays or paragraph.stays
        if stays or kept[-1:] == [unit.key]:
            return stays
        leant_on = self._next_leans(number) if is_last else paragraph.units[place + 1].leans
        return LEANING if unit.leans or leant_on else ""

    def _next_leans(self, number: int) -> bool:
        """True when the next passage follows directly and begins with a sentence that leans."""
        if number + 1 == len(self.found):
            return False
        here, after = self.found[number], self.found[number + 1]
        return after.passage.block - here.passage.block <= 1 and after.units[0].leans

    def _first(self, paragraph: Paragraph, key: str, start: int) -> int | None:
        """Where the same was said before; if nowhere, remember that it is said here."""
        passage = paragraph.passage
        said = self.said.setdefault((passage.scope, key), (start, passage.material_before))
        return said[0] if said[0] != start else None

    def _distance(self, paragraph: Paragraph, key: str) -> str:
        _, material_before = self.said[paragraph.passage.scope, key]
        words_between = paragraph.passage.material_before - material_before
        return REMINDER if words_between > MAX_MATERIAL_WORDS else ""

    def _keep(self, start: int, end: int, first: int, stays: str) -> None:
        self.findings.kept.append(KeptRepeat(start, end, first, stays))
