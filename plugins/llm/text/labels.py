"""Short lines of a prompt that are headings in all but form, and lines that announce material."""

import re

from . import instructions
from .sentences import sentences, words

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
WHOLLY_BOLD = re.compile(r"(\*\*|__)(?:(?!\1).)+\1:?\Z")
MAX_LABEL_WORDS = 8
MAX_FIELD_WORDS = 4
MAX_VALUE_WORDS = 12
# A lead-in of only these words applies to the whole section, not to a part of the text.
GENERAL = instructions.RULE_NOUNS | frozenset(
    "a additional all also always an and apply article as be blog carefully consider do few follow "
    "following for general here important in keep make mind more must my need of on other our "
    "points post respect should some strict strictly sure text that the these things this to very we "
    "when while with writing write you your".split()
)


def is_label(text: str) -> bool:
    """True for a short line that ends in a colon, is bold or in capitals, or counts a part ("Step 2")."""
    line = text.strip()
    if "\n" in line or len(words(line)) > MAX_LABEL_WORDS:
        return False
    return (
        line.rstrip("*_ ").endswith(":")
        or bool(WHOLLY_BOLD.match(line))
        or (line.isupper() and len(line) > 3)
        or (bool(STEP.match(line)) and not line.endswith((".", "!", "?")))
    )


def is_form(text: str) -> bool:
    """True when each line is a name and a short value ("Topic: castles")."""
    lines = text.strip().splitlines()
    return all(FIELD.match(line.strip()) and len(words(line)) <= MAX_VALUE_WORDS for line in lines)


def is_general(lead: str) -> bool:
    """True when the words that lead to a list say nothing of a part that the list is about."""
    last = [lead[start:end] for start, end in sentences(lead)][-1:]
    return all(GENERAL.issuperset(words(sentence)) for sentence in last)


def opens_material(text: str) -> bool:
    """True when a paragraph is a turn of a conversation, or a label of material with the material."""
    if ROLE.match(text):
        return True
    field = FIELD.match(text)
    return (
        bool(field)
        and not is_form(text)
        and is_material_label(text[: field.end()] if field else "")
    )


def is_material_label(text: str) -> bool:
    """True for a label such as "Text:" or "My draft:"."""
    return len(words(text)) <= MAX_FIELD_WORDS and instructions.names_data(text)


def announces_material(text: str) -> bool:
    """True when a paragraph ends in words such as "Here is the text:"."""
    if not text.rstrip("*_ \t\r\n").endswith(":"):
        return False
    last = [text[start:end] for start, end in sentences(text)][-1]
    return is_material_label(last) or (
        instructions.points_at_data(last) and not instructions.names_rules(last)
    )


def place(text: str) -> str:
    """The part of the wanted text that a paragraph is about by its first word and colon, or nothing."""
    field = FIELD.match(text)
    if not field or len(words(field.group(1))) > MAX_FIELD_WORDS:
        return ""
    name = field.group(1)
    return "" if instructions.names_rules(name) or instructions.is_instruction(name) else name
