"""The offline actions as they are offered: what each is called, and the field its result is for."""

from collections.abc import Callable
from dataclasses import dataclass

from blog_core.api import NotFound
from plugins.llm.offline.excerpt import first_sentences
from plugins.llm.offline.keywords import keywords
from plugins.llm.offline.readability import readability
from plugins.llm.text import optimize_llm_response


@dataclass(frozen=True, slots=True)
class OfflineAction:
    """An action without a model; `field` is empty for one that only tells something."""

    name: str
    title: str
    field: str
    run: Callable[[str], str]


def _told_readability(body: str) -> str:
    found = readability(body)
    if not found.sentences:
        return "There are no sentences to measure."
    figures = (
        f"{found.words:,} words in {found.sentences:,} sentences, {found.words_per_sentence} words "
        f"each; LIX {found.lix}: {found.grade} to read."
    )
    return "\n".join([figures, *(f"Long: {sentence}" for sentence in found.long_sentences)])


OFFLINE_ACTIONS = {
    action.name: action
    for action in (
        OfflineAction("clean", "Tidy up white space", "body", optimize_llm_response),
        OfflineAction("first_sentences", "First sentences as excerpt", "excerpt", first_sentences),
        OfflineAction(
            "keywords",
            "Words said again and again, as tags",
            "tags",
            lambda body: "\n".join(keywords(body)),
        ),
        OfflineAction("readability", "Measure readability (LIX)", "", _told_readability),
    )
}
"""By name. None of them needs a model, a key or a network."""


def run_offline(name: str, body: str) -> str:
    """The result of an offline action on a text. Raises `NotFound`, and `TooLarge`."""
    if name not in OFFLINE_ACTIONS:
        raise NotFound("text action", name)
    return OFFLINE_ACTIONS[name].run(body)
