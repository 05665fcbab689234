"""How a text reads: its length, its sentences, and where they are hard going.

The figure is Björnsson's LIX (words a sentence plus the share of words above six letters in
percent), as it holds for any language with an alphabet: below 30 is very easy, above 60 very hard.
"""

import re
from collections.abc import Iterator, Mapping

from blog_core.api import Site
from plugins.workflow.checks.page import read_page

LONG_SENTENCE_WORDS = 40
LONG_PARAGRAPH_WORDS = 200
HARD_LIX = 60
_LONG_WORD_CHARS = 6
_MOST_FINDINGS = 20
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"'”’»)\]]*\s+|(?<=[。！？])")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def check_readability(site: Site, post_id: int) -> Mapping[str, object]:
    """Words, sentences and LIX of a post, and its longest sentences and paragraphs."""
    paragraphs = read_page(site, post_id).paragraphs
    sentences = [each for text in paragraphs for each in _SENTENCE_END.split(text) if each.strip()]
    words = [word for sentence in sentences for word in _WORD.findall(sentence)]
    lix = _lix(words, len(sentences))
    found = [*_overall(lix), *_long(paragraphs, "paragraph", LONG_PARAGRAPH_WORDS)]
    found += _long(sentences, "sentence", LONG_SENTENCE_WORDS)
    return {
        "words": len(words),
        "sentences": len(sentences),
        "lix": lix,
        "findings": found[:_MOST_FINDINGS],
    }


def _lix(words: list[str], sentences: int) -> int:
    if not words or not sentences:
        return 0
    long_words = sum(len(word) > _LONG_WORD_CHARS for word in words)
    return round(len(words) / sentences + 100 * long_words / len(words))


def _overall(lix: int) -> Iterator[str]:
    if lix > HARD_LIX:
        yield f"it is hard to read (LIX {lix}; above {HARD_LIX} is very hard)"


def _long(texts: list[str], kind: str, most_words: int) -> Iterator[str]:
    for text in texts:
        count = len(_WORD.findall(text))
        if count > most_words:
            yield f"a {kind} of {count} words: {' '.join(text.split()[:8])} …"
