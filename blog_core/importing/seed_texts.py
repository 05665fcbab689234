"""Made-up posts and comments: a stock of rendered paragraphs, put together by a seeded chance."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from blog_core.content.text import PostText
from blog_core.rendering import render_comment, render_markdown, word_count
from blog_core.slugs import slugify

_SUBJECTS = (
    "The old mill", "A patient reader", "My neighbour", "The second draft", "Our archive",
    "A quiet server", "The morning train", "Every good list", "The small garden", "Nobody I know",
    "The last index", "A borrowed book",
)  # fmt: skip
_VERBS = (
    "keeps", "forgets", "explains", "repairs", "measures", "remembers", "outlives", "answers",
    "collects", "postpones", "carries", "questions",
)  # fmt: skip
_OBJECTS = (
    "the weather", "more than it promised", "what was left on the table", "a second chance",
    "the shortest way home", "an unfinished sentence", "the price of bread", "its own name",
    "a letter from the north", "the sound of the stairs", "what everybody knew",
    "the better question",
)  # fmt: skip
_ENDINGS = (
    "on most days", "when it rains", "without being asked", "as long as the light lasts",
    "and says nothing", "before anybody is up", "in the end", "twice a year",
    "for no reason at all", "as usual", "a little too late", "in good company",
)  # fmt: skip
_TITLES = (
    "Notes on {}", "{}, slowly", "Why we need {}", "What we know of {}", "In praise of {}",
    "{} and other habits", "A short history of {}", "Against {}", "Learning {}",
    "Ten years of {}", "{}, revisited", "The trouble with {}",
)  # fmt: skip
_THEMES = (
    "bread", "maps", "indexes", "letters", "rivers", "caching", "sourdough", "stairs", "lists",
    "walking", "pencils", "night trains", "headings", "gardens", "backups", "silence", "tea",
    "bicycles", "error messages", "winter", "libraries", "knots", "small batches", "typefaces",
    "weather", "queues", "recipes", "footnotes", "benches", "patience",
)  # fmt: skip
_COMMENTS = (
    "I had not thought of it like that.", "We tried this, and it went better than expected.",
    "The second part is the one that I will remember.", "Is there more about this somewhere?",
    "It was the other way round with us.", "Thank you, this saved me an evening.",
    "I disagree, but it took me a day to find out why.", "My grandmother said the same.",
    "You left out the best part: the waiting.", "This should hang in every kitchen.",
)  # fmt: skip
_KINDS = ("", "craft", "history", "tools", "diary", "at night", "abroad", "for beginners")
FIRST_NAMES = (
    "Ada", "Ben", "Chiara", "Deniz", "Elif", "Fritz", "Grace", "Hana", "Ivo", "Jonas", "Kaya",
    "Lena", "Marta", "Noor", "Oskar", "Priya", "Quinn", "Rosa", "Sam", "Tomas", "Uma", "Vera",
    "Wim", "Ximena", "Yara", "Zoe",
)  # fmt: skip
LAST_NAMES = (
    "Alder",
    "Birch",
    "Cedar",
    "Elm",
    "Hazel",
    "Linden",
    "Maple",
    "Rowan",
    "Willow",
    "Yew",
)
TAG_NAMES = tuple(f"{theme} {kind}".strip() for kind in _KINDS for theme in _THEMES)
"""From the most popular to the rarest."""


@dataclass(frozen=True, slots=True)
class MadePost:
    """The text of a made-up post, rendered."""

    title: str
    slug: str
    body: str
    html: str
    excerpt: str
    words: int

    def revision_digest(self, tags: Sequence[str]) -> str:
        """The digest that a revision with this text has."""
        return PostText(title=self.title, body=self.body, tags=tuple(tags)).digest


class Stock:
    """Paragraphs and comments, rendered once. The same seed gives the same stock."""

    def __init__(self, seed: int) -> None:
        chance = Random(seed)  # noqa: S311  nothing secret
        texts = [_paragraph(chance) for _ in range(400)]
        self._paragraphs = [(text, render_markdown(text).html, word_count(text)) for text in texts]
        self._slugs: dict[str, str] = {}
        remarks = [_remark(chance) for _ in range(200)]
        self.comments = [(text, render_comment(text)) for text in remarks]

    def _slug_of(self, title: str) -> str:
        """The same few thousand titles come again and again."""
        if title not in self._slugs:
            self._slugs[title] = slugify(title)
        return self._slugs[title]

    def post(self, number: int, chance: Random) -> MadePost:
        """The text of post `number`; the number makes its slug unique."""
        theme = f"{chance.choice(_THEMES)} and {chance.choice(_THEMES)}"
        title = _capital(chance.choice(_TITLES).format(theme))
        chosen = [chance.choice(self._paragraphs) for _ in range(chance.choice((1, 2, 2, 3)))]
        return MadePost(
            title=title,
            slug=f"{self._slug_of(title)}-{number}",
            body="\n\n".join(text for text, _, _ in chosen),
            html="".join(html for _, html, _ in chosen),
            excerpt=chosen[0][0].replace("*", "")[:240],
            words=sum(words for _, _, words in chosen),
        )


def as_json(values: Sequence[str]) -> str:
    """A list as a JSON column holds it."""
    return json.dumps(list(values))


def _paragraph(chance: Random) -> str:
    sentences = [_sentence(chance) for _ in range(chance.choice((1, 2, 2, 3)))]
    emphasised = chance.randrange(len(sentences))
    sentences[emphasised] = f"*{sentences[emphasised]}*"
    return " ".join(sentences)


def _sentence(chance: Random) -> str:
    parts = (_SUBJECTS, _VERBS, _OBJECTS, _ENDINGS)
    return " ".join(chance.choice(part) for part in parts) + "."


def _remark(chance: Random) -> str:
    return chance.choice((chance.choice(_COMMENTS), _sentence(chance)))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
