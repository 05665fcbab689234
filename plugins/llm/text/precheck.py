"""Looks that cost a fraction of parsing a text, and tell most clean texts from the others."""

import re

from plugins.llm.text.wrappers.phrases import CLOSINGS, INTERJECTIONS, LEAD, MAX_PHRASE_CHARACTERS

# Each pattern begins with literal characters, which the search jumps to: that makes them cheap.
INNER_BLANKS = re.compile(r"  (?<=[^ \n]  )(?! *\n)")
ONE_TRAILING_BLANK = re.compile(r" \n(?<=[^ ] \n)")
INDENTED_BLOCK = re.compile(r"\n\n {1,3}(?=[^ \n])")
# A line that begins with a small letter goes on with the sentence of the line before.
WRAPPED = re.compile(r"\n(?= *[a-z])")
ITEM_IN_BRACKETS = re.compile(r"\n(?= *\d{1,9}\) )")
# Small letters; marks of sentences as full stops, tabs as blanks, marks of items and emphasis as
# a kind of white space that text does not have.
MARK = 0x0B
FLAT = (
    bytes(range(256))
    .lower()
    .translate(bytes.maketrans(b"!?\t\r-+*_\"'#>", b"..  " + bytes([MARK] * 8)))
)
# The quick look also cuts at the full stops inside numbers and names, so that pieces may be short.
MIN_BYTES = 14
# The second look, at suspicious texts, cuts only where sentences end. A repeat has five words.
STOP = re.compile(rb"\.(?![a-z0-9])")
MIN_BLANKS = 3
CLOSING_LETTERS = frozenset("dDfFhHiIjJlLpPrRwW")
# Where an opening phrase shows itself.
HEAD = 120


def is_suspicious_prompt(text: str) -> bool:
    """False for a prompt that needs no clean-up."""
    return may_have_blanks(text) or may_repeat(text, may_have_blanks=False)


def is_suspicious_response(text: str) -> bool:
    """False for a response that needs no clean-up."""
    return may_have_blanks(text) or may_be_wrapped(text)


def may_have_blanks(text: str) -> bool:
    """False when there is nothing for the layout step, as far as can be seen without parsing."""
    return bool(
        text[:1].isspace()
        or text[-1:].isspace()
        or "\r" in text
        or "\n\n\n" in text
        or ("\t" in text and "\t\n" in text)
        or ("|" in text and "----" in text)
        or (" \n" in text and ("  \n\n" in text or ONE_TRAILING_BLANK.search(text)))
        or ("  " in text and INNER_BLANKS.search(text))
        or ("\n " in text and INDENTED_BLOCK.search(text))
    )


def may_repeat(text: str, *, may_have_blanks: bool) -> bool:
    """False when no sentence and no item of a list is in the text twice, however it is laid out."""
    flat = text.encode("utf-8", "surrogatepass").translate(FLAT)
    while may_have_blanks and b"  " in flat:
        flat = flat.replace(b"  ", b" ")
    if WRAPPED.search(text):
        lines = [line.strip(b" ") for line in flat.split(b"\n")]
        # An empty line and an item begin something new; other lines go on with what was before.
        flat = b" ".join([line if line and line[0] != MARK else b"." + line for line in lines])
    else:
        flat = flat.replace(b"\n", b". ")
    pieces = [one.strip() for one in flat.split(b".") if len(one) > MIN_BYTES]
    if len(set(pieces)) < len(pieces):
        whole = [one for one in map(bytes.strip, STOP.split(flat)) if one.count(b" ") > MIN_BLANKS]
        if len(set(whole)) < len(whole):
            return True
    return bool(b")" in flat and ITEM_IN_BRACKETS.search("\n" + text))


def may_be_wrapped(text: str) -> bool:
    """False when the text neither begins like an opening phrase nor ends like a closing one."""
    head = _flat(text[:HEAD])
    opening = INTERJECTIONS.match(head)
    if LEAD.match(head) or (opening and opening.end()):
        return True
    lines = text[-MAX_PHRASE_CHARACTERS:].rstrip().split("\n")
    first = len(lines) - 1
    while first > 0 and lines[first - 1].strip():
        first -= 1
    return _may_close(lines[first:]) or _may_close(lines[-1:])


def _may_close(lines: list[str]) -> bool:
    start = lines[0].lstrip("*_ ")[:1]
    return start in CLOSING_LETTERS and bool(CLOSINGS.match(_flat(" ".join(lines))))


def _flat(text: str) -> str:
    """The text in one line, with straight apostrophes and without emphasis at its start."""
    return " ".join(text.replace("’", "'").split()).lstrip("*_ ")
