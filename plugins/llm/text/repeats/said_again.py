"""One reading of a prompt's instructions: which of them were said before, and may they go?"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from plugins.llm.text.markdown.document import Document
from plugins.llm.text.markdown.sentences import fold
from plugins.llm.text.repeats.instructions import leans_on_others
from plugins.llm.text.repeats.passages import Passage, Scope
from plugins.llm.text.repeats.stays import Stays

MIN_WORDS = 5

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
    """The sentences that may go, by passage and place in it, each with where it was said first."""

    gone: dict[tuple[int, int], int] = field(default_factory=dict)
    kept: list[KeptRepeat] = field(default_factory=list)


def read(document: Document, found: Sequence[Passage]) -> Findings:
    """What the instructions of a prompt say again."""
    reading = _Reading(found, Stays(document))
    for number in range(len(found)):
        if not reading.whole(number):
            reading.by_sentence(number)
    return reading.findings


class _Reading:
    """What was said up to one place of the prompt."""

    def __init__(self, found: Sequence[Passage], stays: Stays) -> None:
        self.found = found
        self.stays = stays
        self.findings = Findings()
        self.keys = [[fold(sentence.text) for sentence in passage.sentences] for passage in found]
        # By scope and words: where it was said first, and behind how many words of material.
        self.said: dict[tuple[Scope, str], tuple[int, int]] = {}

    def whole(self, number: int) -> bool:
        """True when all of the passage was said before in this order, and its fate is noted."""
        passage, key = self.found[number], "\n".join(self.keys[number])
        said = passage.sentences
        first = self._first(passage, key, said[0].start)
        if first is None or sum(len(sentence.words) for sentence in said) < MIN_WORDS:
            return False
        stays = self.stays.passage(passage) or self._distance(passage, key)
        if not stays and (leans_on_others(said[0].words) or self._next_leans(number)):
            stays = LEANING
        if stays:
            self._keep(said[0].start, said[-1].end, first, stays)
            return len(said) == 1
        self.findings.gone.update({(number, place): first for place in range(len(said))})
        return True

    def by_sentence(self, number: int) -> None:
        """Note the fate of each sentence of a passage."""
        passage = self.found[number]
        kept: list[str] = []
        for place, sentence in enumerate(passage.sentences):
            key = self.keys[number][place]
            first = self._first(passage, key, sentence.start)
            if first is None or len(sentence.words) < MIN_WORDS:
                kept.append(key)
            elif stays := self._why_it_stays(number, place, kept):
                self._keep(sentence.start, sentence.end, first, stays)
                kept.append(key)
            else:
                self.findings.gone[number, place] = first

    def _why_it_stays(self, number: int, place: int, kept: Sequence[str]) -> str:
        passage, key = self.found[number], self.keys[number][place]
        sentence, is_last = passage.sentences[place], place == len(passage.sentences) - 1
        stays = self.stays.sentence(passage, sentence) or self._distance(passage, key)
        if is_last and not kept:
            stays = stays or self.stays.passage(passage)
        if stays or kept[-1:] == [key]:
            return stays
        leant_on = (
            self._next_leans(number)
            if is_last
            else leans_on_others(passage.sentences[place + 1].words)
        )
        return LEANING if leant_on or leans_on_others(sentence.words) else ""

    def _next_leans(self, number: int) -> bool:
        """True when the next passage follows directly and begins with a sentence that leans."""
        if number + 1 == len(self.found):
            return False
        here, after = self.found[number], self.found[number + 1]
        return after.block - here.block <= 1 and leans_on_others(after.sentences[0].words)

    def _first(self, passage: Passage, key: str, start: int) -> int | None:
        """Where the same was said before; if nowhere, remember that it is said here."""
        said = self.said.setdefault((passage.scope, key), (start, passage.material_before))
        return said[0] if said[0] != start else None

    def _distance(self, passage: Passage, key: str) -> str:
        words_between = passage.material_before - self.said[passage.scope, key][1]
        return REMINDER if words_between > MAX_MATERIAL_WORDS else ""

    def _keep(self, start: int, end: int, first: int, stays: str) -> None:
        self.findings.kept.append(KeptRepeat(start, end, first, stays))
