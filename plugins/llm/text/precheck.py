"""A look at a text that costs a fraction of parsing it, and tells most clean texts from the others."""

import re

from .phrases import CLOSINGS, INTERJECTIONS, LEAD, MAX_PHRASE_CHARACTERS

# Each pattern begins with literal characters, which the search jumps to; that makes them cheap.
INNER_BLANKS = re.compile(r"  (?<=[^ \n]  )(?! *\n)")
ONE_TRAILING_BLANK = re.compile(r" \n(?<=[^ ] \n)")
INDENTED_BLOCK = re.compile(r"\n\n {1,3}(?=[^ \n])")
ITEM_IN_BRACKETS = re.compile(r"\n(?=\d{1,9}\) )")
BORDERS = ("\n\n", "\n- ", "\n* ", "\n+ ", "!", "?")
AROUND_SENTENCE = " \t\r-*+_\"'“”>#"
# Fewer words than a repeat needs, because a full stop inside a number or a name cuts a sentence here.
MIN_BLANKS = 2


def may_have_blanks(text: str) -> bool:
    """False when there is nothing for the layout step, as far as can be seen without parsing."""
    return bool(
        text[:1].isspace()
        or text[-1:].isspace()
        or text.startswith("\ufeff")
        or "\r" in text
        or "\n\n\n" in text
        or "  \n\n" in text
        or ("----" in text and "|" in text)
        or ONE_TRAILING_BLANK.search(text)
        or INNER_BLANKS.search(text)
        or INDENTED_BLOCK.search(text)
    )


def may_repeat(text: str) -> bool:
    """False when no sentence and no item of a list is in the text twice."""
    if ITEM_IN_BRACKETS.search(text):
        return True
    flat = text.lower().replace("\n  ", "\n").replace("\n  ", "\n")
    for border in BORDERS:
        flat = flat.replace(border, ".")
    pieces = [
        piece for piece in flat.replace("\n", " ").split(".") if piece.count(" ") > MIN_BLANKS
    ]
    return len({piece.strip(AROUND_SENTENCE) for piece in pieces}) < len(pieces)


def may_be_wrapped(text: str) -> bool:
    """False when the text neither begins like an opening phrase nor ends like a closing one."""
    head = text[: MAX_PHRASE_CHARACTERS * 2].lstrip().lstrip("*_ ").replace("’", "'")
    opening = INTERJECTIONS.match(head)
    if LEAD.match(head) or (opening and opening.end()):
        return True
    tail = text[-MAX_PHRASE_CHARACTERS * 2 :].rstrip().replace("’", "'")
    starts = (tail.rpartition(border)[2].lstrip("*_ ") for border in ("\n\n", "\n"))
    return any(CLOSINGS.match(start) for start in starts)
