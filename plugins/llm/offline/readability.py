"""How easily a text reads: sentence and word lengths, and LIX (Björnsson, 1968).

LIX is words a sentence plus the percentage of words with more than six letters. Unlike Flesch's
formula it counts no syllables, so it holds for every language with letters.
"""

from dataclasses import dataclass

from plugins.llm.offline.plain import prose
from plugins.llm.offline.sentences import sentences, words

LONG_SENTENCE_WORDS = 30
_LONG_WORD_LETTERS = 6
_GRADES = ((30, "very easy"), (40, "easy"), (50, "medium"), (60, "hard"))


@dataclass(frozen=True, slots=True)
class Readability:
    """Figures of a text. `lix` is 0 for one without sentences; `long_sentences` are those with
    more than 30 words, to be looked at."""

    words: int
    sentences: int
    words_per_sentence: float
    lix: int
    grade: str
    long_sentences: tuple[str, ...]


def readability(markdown: str) -> Readability:
    """The figures of a text's paragraphs; headings, code, tables and lists are left out."""
    spoken = [sentence for paragraph in prose(markdown) for sentence in sentences(paragraph)]
    by_sentence = [(sentence, words(sentence)) for sentence in spoken]
    by_sentence = [(sentence, found) for sentence, found in by_sentence if found]
    total = sum(len(found) for _, found in by_sentence)
    if not total:
        return Readability(0, 0, 0.0, 0, "no sentences", ())
    per_sentence = total / len(by_sentence)
    long_words = sum(len(one) > _LONG_WORD_LETTERS for _, found in by_sentence for one in found)
    lix = round(per_sentence + 100 * long_words / total)
    grade = next((name for below, name in _GRADES if lix < below), "very hard")
    too_long = tuple(one for one, found in by_sentence if len(found) > LONG_SENTENCE_WORDS)
    return Readability(total, len(by_sentence), round(per_sentence, 1), lix, grade, too_long)
