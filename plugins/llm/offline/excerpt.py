"""An excerpt by the oldest rule: the first sentences that fit."""

from plugins.llm.offline.plain import prose
from plugins.llm.offline.sentences import sentences

MAX_CHARS = 280


def first_sentences(markdown: str, max_chars: int = MAX_CHARS) -> str:
    """The whole sentences with which the text begins, as many as fit; a longer first sentence is
    cut between words. Empty for a text without paragraphs."""
    taken = ""
    for paragraph in prose(markdown):
        for sentence in sentences(paragraph):
            longer = f"{taken} {sentence}".strip()
            if len(longer) > max_chars:
                return taken or _shortened(sentence, max_chars)
            taken = longer
        if taken:
            return taken
    return taken


def _shortened(sentence: str, max_chars: int) -> str:
    room = sentence[: max_chars - 1]
    cut = room.rfind(" ")
    return (room[:cut] if cut > 0 else room).rstrip(" ,;:–—-(") + "…"
