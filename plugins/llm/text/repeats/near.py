"""Instructions that say nearly the same: only the author knows which one holds."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from plugins.llm.text.markdown.sentences import Sentence, fold
from plugins.llm.text.repeats.said_again import MIN_WORDS

SAME_NUMBERS = 0.8
# With other numbers, fewer equal words are enough to ask whether both can be meant.
OTHER_NUMBERS = 0.6
# So many earlier sentences are compared for one word, to bound the work on a text of few words.
MAX_CANDIDATES = 16
NUMBER_WORDS = frozenset(
    "eight eleven fifteen fifty five forty four half hundred nine once one seven six ten "
    "thirty thousand three twelve twenty twice two".split()
)
NEGATIONS = frozenset(
    "aren't avoid can't cannot doesn't don't exclude isn't mustn't never no none not omit "
    "shouldn't skip without won't".split()
)


@dataclass(frozen=True, slots=True)
class Near:
    """Two spans that say nearly the same; `contradicts` when their numbers or negations differ."""

    start: int
    end: int
    first: int
    contradicts: bool


@dataclass(frozen=True, slots=True)
class _Said:
    sentence: Sentence
    words: frozenset[str]
    signs: frozenset[str]


def near_repeats(sentences: Sequence[Sentence]) -> Iterator[Near]:
    """For each sentence the first earlier one that is nearly the same, if there is one."""
    said = [_read(one) for one in sentences if len(one.words) >= MIN_WORDS]
    frequency = Counter(word for one in said for word in one.words)
    seen: dict[str, list[_Said]] = {}
    for one in said:
        rare = sorted(one.words, key=lambda word: (frequency[word], word))
        # Two sets that share this part of their words share one of so many of their rarest.
        rare = rare[: len(rare) - ceil(OTHER_NUMBERS * len(rare)) + 1]
        candidates = (earlier for word in rare for earlier in seen.get(word, ()))
        if near := next((found for found in (_compare(one, c) for c in candidates) if found), None):
            yield near
        for word in rare:
            places = seen.setdefault(word, [])
            if len(places) < MAX_CANDIDATES:
                places.append(one)


def _read(sentence: Sentence) -> _Said:
    said = frozenset(sentence.words)
    numbers = {word for word in said if word in NUMBER_WORDS or any(map(str.isdigit, word))}
    signs = numbers | (said & NEGATIONS)
    return _Said(sentence, said - signs or said, frozenset(signs))


def _compare(one: _Said, earlier: _Said) -> Near | None:
    if fold(one.sentence.text) == fold(earlier.sentence.text):
        return None
    share = len(one.words & earlier.words) / len(one.words | earlier.words)
    contradicts = one.signs != earlier.signs
    if share < (OTHER_NUMBERS if contradicts else SAME_NUMBERS):
        return None
    return Near(one.sentence.start, one.sentence.end, earlier.sentence.start, contradicts)
