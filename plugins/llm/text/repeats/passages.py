"""Reads a prompt from top to bottom: which passages are instructions, and where each applies."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from plugins.llm.text.markdown.document import Block, Document
from plugins.llm.text.markdown.sentences import Sentence, fold, sentences, words
from plugins.llm.text.repeats import instructions, labels
from plugins.llm.text.repeats.items import items
from plugins.llm.text.repeats.regions import material

LISTS = frozenset({"bullet_list", "ordered_list"})
NUMBERED_REFERENCE = re.compile(r"\b(?:rule|item|point|step|number|no\.)\s*#?\d", re.IGNORECASE)
VERSE_LINE_WORDS = 9
# "Opening:" names a part of the text; "What the blog wants:" only leads to its list.
MAX_NAME_WORDS = 3

Scope = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph or list item of instructions.

    Two passages can repeat each other only in the same `scope`: one heading, one label, one list.
    `material_before` counts the words of data, code and examples that stand before the passage.
    """

    sentences: Sequence[Sentence]
    block: int
    lines: tuple[int, int]
    scope: Scope
    material_before: int
    is_item: bool = False
    # Why nothing of the passage may go even if it is a repeat; empty if it may.
    stays: str = ""


def passages(document: Document) -> list[Passage]:
    """The passages of instructions, in order: no data, no examples, no quotes and no code."""
    reader = _Reader(document)
    for number, block in enumerate(document.blocks):
        reader.read(number, block)
    return reader.found


class _Reader:
    """What is known at one place of the text."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.material = material(document.text)
        self.found: list[Passage] = []
        self.material_words = 0
        # The heading and the label that apply, and the paragraph directly before the block.
        self.section, self.level, self.in_rules = 0, 0, False
        self.label = ""
        self.lead: Sequence[Sentence] = ()
        # A sentence announced material, and none has come yet.
        self.expects_material = False
        # The heading level that ends the material which is read now; 0 is the end of the text.
        self.material_until: int | None = None

    @cached_property
    def has_numbered_references(self) -> bool:
        """True when the text speaks of "rule 3": then no number may change its rule."""
        return bool(NUMBERED_REFERENCE.search(self.document.text))

    def read(self, number: int, block: Block) -> None:
        """Take one block of the top level."""
        document = self.document
        start, end = document.starts[block.first], document.ends[block.last - 1]
        text = document.text[start:end]
        lead, self.lead = self.lead, ()
        if block.kind == "heading":
            self._heading(int(document.tokens[block.token].tag[1:]), words(text))
        elif self.material_until is not None or self.material.touch(start, end):
            self._count(text)
        elif block.kind == "paragraph":
            self._paragraph(number, block, text, sentences(text, start))
        elif block.kind in LISTS:
            self._list(number, block, lead, text)
        else:
            self._count(text)

    def _next_kind(self, number: int) -> str:
        following = self.document.blocks[number + 1 : number + 2]
        return following[0].kind if following else ""

    def _count(self, text: str) -> None:
        self.material_words += len(text.split())

    def _begin_material(self, text: str) -> None:
        self.material_until = self.level
        self._count(text)

    def _heading(self, level: int, said: Sequence[str]) -> None:
        if self.material_until and level <= self.material_until:
            self.material_until = None
        if self.material_until is not None:
            return
        self.section, self.level, self.label = self.section + 1, level, ""
        self.in_rules = instructions.names_rules(said)
        if instructions.names_data(said):
            self.material_until = level
        elif self.expects_material and not self.in_rules:
            self.material_until = 0

    def _paragraph(self, number: int, block: Block, text: str, said: Sequence[Sentence]) -> None:
        is_label = labels.is_label(text)
        rules = is_label and instructions.names_rules(said[0].words)
        orders = rules or _instructs(text, said, mostly=self.expects_material)
        self.lead = said
        if labels.opens_material(text) or (self.expects_material and not orders):
            self._begin_material(text)
        elif labels.announces_material(said):
            if orders:
                self._instructions(number, block, text, said)
            # A fence says itself where the material ends.
            if self._next_kind(number) != "fence":
                self.material_until = self.level
        elif is_label:
            leads_to_list = self._next_kind(number) in LISTS
            if not orders and not (leads_to_list and len(said[0].words) > MAX_NAME_WORDS):
                self.label = fold(text)
        elif orders:
            self._instructions(number, block, text, said)
        else:
            self._count(text)

    def _instructions(self, number: int, block: Block, text: str, said: Sequence[Sentence]) -> None:
        self.label = labels.place(text) or self.label
        steps = any(instructions.tells_a_sequence(sentence.words) for sentence in said)
        self._add(
            said,
            number,
            (block.first, block.last),
            (),
            "it belongs to a procedure" if steps else "",
        )

    def _list(self, number: int, block: Block, lead: Sequence[Sentence], text: str) -> None:
        listed = list(items(self.document, block))
        rules = instructions.names_rules(lead[-1].words) if lead else self.in_rules
        orders = sum(instructions.is_instruction(item.sentence.words) for item in listed)
        if not rules and orders * 2 < len(listed):
            if self.expects_material:
                self._begin_material(text)
            else:
                self._count(text)
            return
        apart = () if labels.is_general(lead) else tuple(fold(sentence.text) for sentence in lead)
        for item in listed:
            stays = ""
            if item.is_ordered and (not rules or self.has_numbered_references):
                stays = "it is a step of a numbered list"
            self._add(
                [item.sentence], number, item.lines, (*apart, *item.parents), stays, item=True
            )

    def _add(
        self,
        said: Sequence[Sentence],
        number: int,
        lines: tuple[int, int],
        scope: Scope,
        stays: str,
        *,
        item: bool = False,
    ) -> None:
        place = (self.section, self.label, *scope)
        self.found.append(Passage(said, number, lines, place, self.material_words, item, stays))
        if any(instructions.points_at_data(sentence.words) for sentence in said):
            self.expects_material = True


def _instructs(text: str, said: Sequence[Sentence], *, mostly: bool) -> bool:
    """True when a paragraph holds an instruction, or `mostly` instructions.

    A paragraph of short lines may be a verse, so that most of its lines have to be instructions.
    """
    parts = [sentence.words for sentence in said]
    lines = text.strip().splitlines()
    # The last line of a wrapped paragraph says nothing of the width of the others.
    if len(lines) > 1 and sum(len(line.split()) for line in lines[:-1]) <= _verse_words(lines):
        parts, mostly = [words(line) for line in lines], True
    orders = sum(map(instructions.is_instruction, parts))
    return orders * 2 > len(parts) if mostly else orders > 0


def _verse_words(lines: Sequence[str]) -> int:
    return VERSE_LINE_WORDS * (len(lines) - 1)
