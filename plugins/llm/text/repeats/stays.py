"""Why a sentence or a passage has to stay where it is, even if it says what was said before."""

import re
from functools import cached_property

from plugins.llm.text.markdown.document import Document
from plugins.llm.text.markdown.keep import Spans, kept_spans
from plugins.llm.text.markdown.sentences import Sentence, ends_in_colon
from plugins.llm.text.repeats.items import BARE_MARKER
from plugins.llm.text.repeats.passages import LISTS, Passage

EDGE_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")
PAIRED = ("*", "`", "~~")
BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"), ("“", "”"))
# Parts of a prompt that a template may leave out: what they say can't be relied on elsewhere.
CONDITIONS = re.compile(r"\{%|\{\{[#^/]")
LEADS = "it introduces what follows"


class Stays:
    """Answers for one document; an empty answer means that the words may go."""

    def __init__(self, document: Document) -> None:
        self.document = document
        # By the start of the passage: asked for each sentence, and read from the whole of it.
        self.mixed: dict[int, str] = {}

    @cached_property
    def kept(self) -> Spans:
        """Templates, formulas and the like."""
        return kept_spans(self.document.text)

    @cached_property
    def conditions(self) -> str:
        """Why nothing at all may go."""
        found = CONDITIONS.search(self.document.text)
        return "parts of the prompt are conditional" if found else ""

    def passage(self, passage: Passage) -> str:
        """Why the whole passage stays."""
        return self.conditions or passage.stays or self._leads(passage)

    def sentence(self, passage: Passage, sentence: Sentence) -> str:
        """Why one sentence of the passage stays, besides the order of the sentences."""
        return self.conditions or passage.stays or self._mixed(passage) or self._halves(sentence)

    def _leads(self, passage: Passage) -> str:
        document = self.document
        if passage.is_item:
            start = document.starts[passage.lines[0]]
            marker = document.text[start : passage.sentences[0].start]
            return "" if BARE_MARKER.fullmatch(marker) else "its line holds two markers"
        following = document.blocks[passage.block + 1 : passage.block + 2]
        if following and following[0].kind in {*LISTS, "code_block"}:
            return LEADS
        return LEADS if ends_in_colon(passage.sentences[-1].text) else ""

    def _mixed(self, passage: Passage) -> str:
        """Signs that the sentences of this passage can't be told apart safely."""
        start, end = passage.sentences[0].start, passage.sentences[-1].end
        if start not in self.mixed:
            self.mixed[start] = _mixture(self.document.text[start:end])
        return self.mixed[start]

    def _halves(self, sentence: Sentence) -> str:
        text = sentence.text
        if ends_in_colon(text):
            return LEADS
        if any(text.count(mark) % 2 for mark in PAIRED) or len(EDGE_UNDERSCORE.findall(text)) % 2:
            return "it holds half of an emphasis"
        if any(text.count(opening) != text.count(closing) for opening, closing in BRACKETS):
            return "it holds half of a bracket"
        if self._is_inside(sentence.start) or self._is_inside(sentence.end):
            return "it stands in a template or a formula"
        return ""

    def _is_inside(self, edge: int) -> bool:
        return edge > 0 and self.kept.touch(edge - 1, edge) and self.kept.touch(edge, edge + 1)


def _mixture(text: str) -> str:
    if text.count('"') % 2 or text.count("“") != text.count("”"):
        return "it stands in a quotation that is still open"
    return "it stands between HTML tags" if "</" in text else ""
