"""What needs no model: an excerpt, keywords, and how easily a text reads. They go by their names:
nothing here pretends to have been written by a model."""

from plugins.llm.offline.excerpt import first_sentences
from plugins.llm.offline.keywords import keywords
from plugins.llm.offline.plain import plain_text
from plugins.llm.offline.readability import Readability, readability

__all__ = ["Readability", "first_sentences", "keywords", "plain_text", "readability"]
