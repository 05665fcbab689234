"""Reads a prompt from top to bottom: which passages are instructions, and where each one applies."""

import re
from dataclasses import dataclass

from . import instructions, labels
from .document import Block, Document
from .items import Item, items
from .regions import material
from .sentences import fold, sentences

LISTS = frozenset({"bullet_list", "ordered_list"})
NUMBERED_REFERENCE = re.compile(r"\b(?:rule|item|point|step|number|no\.)\s*#?\d", re.IGNORECASE)
VERSE_LINE_WORDS = 9

Scope = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph or list item of instructions.

    Two passages can repeat each other only in the same `scope`: one heading, one label, one list.
    `material_before` counts the words of data, code and examples that stand before the passage.
    """

    start: int
    end: int
    block: int
    lines: tuple[int, int]
    scope: Scope
    material_before: int
    is_item: bool = False
    # Why nothing of the passage may go even if it is a repeat; empty if it may.
    stays: str = ""


def passages(document: Document) -> list[Passage]:
    """The passages of instructions in the text, in order. Data, examples, quotes and code are not in it."""
    reader = _Reader(document)
    for number, block in enumerate(document.blocks):
        reader.read(number, block)
    return reader.found


def instructs(text: str, *, mostly: bool = False) -> bool:
    """True when a paragraph holds an instruction, or `mostly` instructions.

    A paragraph of short lines may be a verse, so that most of its lines have to be instructions.
    """
    parts = text.strip().splitlines()
    if len(parts) == 1 or len(text.split()) > VERSE_LINE_WORDS * len(parts):
        parts = [text[start:end] for start, end in sentences(text)]
    else:
        mostly = True
    orders = sum(instructions.is_instruction(part) for part in parts)
    return orders * 2 > len(parts) if mostly else orders > 0


class _Reader:
    """What is known at one place of the text."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.material = material(document.text)
        self.has_numbered_references = bool(NUMBERED_REFERENCE.search(document.text))
        self.found: list[Passage] = []
        self.material_words = 0
        # The heading and the label that apply, and the paragraph directly before the block.
        self.section, self.level, self.in_rules = 0, 0, False
        self.label = self.lead = ""
        # A sentence announced material, and none has come yet.
        self.expects_material = False
        # The heading level that ends the material which is read now; 0 stands for the end of the text.
        self.material_until: int | None = None

    def read(self, number: int, block: Block) -> None:
        """Take one block of the top level."""
        document = self.document
        start, end = document.starts[block.first], document.ends[block.last - 1]
        text = document.text[start:end]
        lead, self.lead = self.lead, ""
        if block.kind == "heading":
            self._heading(int(document.tokens[block.token].tag[1:]), text)
        elif self.material_until is not None or self.material.touch(start, end):
            self._count(text)
        elif block.kind == "paragraph":
            self._paragraph(number, block, text)
        elif block.kind in LISTS:
            self._list(number, block, lead)
        else:
            self._count(text)

    def _count(self, text: str) -> None:
        self.material_words += len(text.split())

    def _begin_material(self, text: str) -> None:
        self.material_until = self.level
        self._count(text)

    def _heading(self, level: int, text: str) -> None:
        if self.material_until and level <= self.material_until:
            self.material_until = None
        if self.material_until is not None:
            return
        self.section, self.level, self.label = self.section + 1, level, ""
        self.in_rules = instructions.names_rules(text)
        if instructions.names_data(text):
            self.material_until = level
        elif self.expects_material and not self.in_rules:
            self.material_until = 0

    def _paragraph(self, number: int, block: Block, text: str) -> None:
        rules = labels.is_label(text) and instructions.names_rules(text)
        orders = rules or instructs(text, mostly=self.expects_material)
        if labels.opens_material(text) or (self.expects_material and not orders):
            self._begin_material(text)
        elif labels.announces_material(text):
            if orders:
                self._instructions(number, block, text)
            self.material_until = self.level
        elif labels.is_label(text):
            self.lead = text
            if not orders:
                self.label = fold(text)
        else:
            self.lead = text
            if orders:
                self._instructions(number, block, text)
            else:
                self._count(text)

    def _instructions(self, number: int, block: Block, text: str) -> None:
        said = [text[start:end] for start, end in sentences(text)]
        if name := labels.place(text):
            self.label = fold(name)
        steps = any(instructions.tells_a_sequence(sentence) for sentence in said)
        start = self.document.starts[block.first]
        self.found.append(
            Passage(
                start=start + len(text) - len(text.lstrip()),
                end=start + len(text.rstrip()),
                block=number,
                lines=(block.first, block.last),
                scope=(self.section, self.label),
                material_before=self.material_words,
                stays="it belongs to a procedure" if steps else "",
            )
        )
        if any(instructions.points_at_data(sentence) for sentence in said):
            self.expects_material = True

    def _list(self, number: int, block: Block, lead: str) -> None:
        listed = list(items(self.document, block))
        rules = instructions.names_rules(lead) if lead else self.in_rules
        orders = sum(instructions.is_instruction(item.text) for item in listed)
        if not rules and orders * 2 < len(listed):
            text = self.document.text[listed[0].start : listed[-1].end]
            if self.expects_material:
                self._begin_material(text)
            else:
                self._count(text)
            return
        scope: Scope = (self.section, self.label)
        if lead and not labels.is_general(lead):
            scope = (*scope, fold(lead))
        for item in listed:
            self._item(number, item, (*scope, *item.parents), rules)

    def _item(self, number: int, item: Item, scope: Scope, rules: bool) -> None:
        counted = item.is_ordered and (not rules or self.has_numbered_references)
        self.found.append(
            Passage(
                start=item.start,
                end=item.end,
                block=number,
                lines=item.lines,
                scope=scope,
                material_before=self.material_words,
                is_item=True,
                stays="it is a step of a numbered list" if counted else "",
            )
        )
