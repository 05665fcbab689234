"""Short lines of a prompt that are headings in all but form, and lines that announce material."""

import re
from collections.abc import Sequence

from plugins.llm.text.markdown.sentences import Sentence, ends_in_colon, words
from plugins.llm.text.repeats import instructions

ROLE = re.compile(
    r"[*_]*(?:user|human|assistant|ai|bot|model|q|a|question|answer|input|output|example)"
    r"\s*\d*[*_]*\s*:",
    re.IGNORECASE,
)
FIELD = re.compile(r"[*_]*([A-Z][^.!?:\n]{0,40}):[*_]*(?=\s|\Z)")
STEP = re.compile(
    r"(?:section|step|part|chapter|table|page|slide|scene|day|week|field|column)\s+\w+\b",
    re.IGNORECASE,
)
WHOLLY_BOLD = re.compile(r"(\*\*|__)(?:(?!\1).)*[^.!?]\1:?\Z")
MAX_LABEL_WORDS = 8
MAX_FIELD_WORDS = 4
MIN_CAPITALS = 3
MAX_VALUE_WORDS = 12
# A lead-in of only these words applies to the whole section, not to a part of the text.
GENERAL = instructions.RULE_NOUNS | frozenset(
    "a additional all also always an and apply article as be blog carefully consider do few "
    "follow following for general here important in keep make mind more must my need of on "
    "other our points post respect should some strict strictly sure text that the these "
    "things this to very we when while with write writing you your".split()
)


def is_label(text: str) -> bool:
    """True for a short line that ends in a colon, is bold or in capitals, or counts ("Step 2")."""
    line = text.strip()
    if "\n" in line or len(line.split()) > MAX_LABEL_WORDS:
        return False
    return (
        ends_in_colon(line)
        or bool(WHOLLY_BOLD.match(line))
        or (line.isupper() and len(line) > MIN_CAPITALS)
        or (bool(STEP.match(line)) and not line.endswith((".", "!", "?")))
    )


def is_general(lead: Sequence[Sentence]) -> bool:
    """True when the words that lead to a list say nothing of a part that the list is about."""
    return all(GENERAL.issuperset(sentence.words) for sentence in lead[-1:])


def opens_material(text: str) -> bool:
    """True for a turn of a conversation, and for a label of material with the material."""
    if ROLE.match(text):
        return True
    field = FIELD.match(text)
    if not field or _is_form(text):
        return False
    return _is_material_label(words(field.group(1)))


def announces_material(said: Sequence[Sentence]) -> bool:
    """True when a paragraph ends in words such as "Here is the text:"."""
    last = said[-1]
    if not ends_in_colon(last.text):
        return False
    return _is_material_label(last.words) or (
        instructions.points_at_data(last.words) and not instructions.names_rules(last.words)
    )


def place(text: str) -> str:
    """The part of the wanted text that a paragraph names before a colon, or nothing."""
    field = FIELD.match(text)
    name = words(field.group(1)) if field else []
    if len(name) > MAX_FIELD_WORDS or instructions.names_rules(name):
        return ""
    return "" if instructions.is_instruction(name) else " ".join(name)


def _is_form(text: str) -> bool:
    """True when each line is a name and a short value ("Topic: castles")."""
    lines = text.strip().splitlines()
    return all(FIELD.match(line.strip()) and len(line.split()) <= MAX_VALUE_WORDS for line in lines)


def _is_material_label(said: Sequence[str]) -> bool:
    """True for a label such as "Text:" or "My draft:"."""
    return len(said) <= MAX_FIELD_WORDS and instructions.names_data(said)
