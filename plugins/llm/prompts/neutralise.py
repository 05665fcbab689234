"""Makes the role markers of chat formats harmless in data, and finds text that people don't see.

A word joiner (U+2060) inside a marker leaves it looking as it did, but it is no marker any more:
no tokenizer takes it for one. `restore` takes the joiners out of an answer that repeats the text.
"""

import re

JOINER = "\u2060"

# ChatML and Llama 3 (<|...|>), Llama 2 ([INST], <<SYS>>), Gemma, Mistral, Phi, DeepSeek (fullwidth
# bars), Cohere, and the plain-text roles of older instruction formats at the start of a line.
_MARKER = re.compile(
    r"<\|[^|<>\n]{1,60}\|>"
    r"|<｜[^｜<>\n]{1,60}｜>"
    r"|</?s>"
    r"|</?(?:start_of_turn|end_of_turn|bos|eos|pad|unk|system|user|assistant|tool|think)>"
    r"|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]"
    r"|<</?SYS>>"
    r"|^(?:\#{2,4} ?)?(?:System|User|Human|Assistant|Instruction|Response)(?=:)"
    r"|<<<(?=/?material)",
    re.IGNORECASE | re.MULTILINE,
)
_CANDIDATE = re.compile(rf"([<\[#A-Z]){JOINER}", re.IGNORECASE)
_LONGEST_MARKER = 80

_HIDDEN = {
    "an HTML comment": re.compile(r"<!--(?!\s*more\s*-->).*?-->", re.DOTALL),
    "characters without width": re.compile("[\u200b-\u200f\u202a-\u202e\u2061-\u2064\ufeff]+"),
    "invisible tag characters": re.compile("[\U000e0000-\U000e007f]+"),
    "an element that is not shown": re.compile(
        r"<[a-z][^>]*(?:display\s*:\s*none|visibility\s*:\s*hidden|\bhidden\b)[^>]*>",
        re.IGNORECASE,
    ),
}


def neutralise(text: str) -> str:
    """The text with a word joiner in every marker; anything else stays byte for byte."""
    return _MARKER.sub(lambda found: _joined(found[0]), text)


def restore(text: str) -> str:
    """A text without the joiners that `neutralise` put into it."""

    def without(found: re.Match[str]) -> str:
        marker = found[1] + text[found.end() : found.end() + _LONGEST_MARKER]
        return found[1] if _MARKER.match(marker) else found[0]

    return _CANDIDATE.sub(without, text)


def _joined(marker: str) -> str:
    return marker[0] + JOINER + marker[1:]


def hidden_text(text: str) -> tuple[str, ...]:
    """What a text holds that its author may not see, so that it can be shown before sending."""
    return tuple(
        f"The text holds {what}: {_shown(found[0])}"
        for what, pattern in _HIDDEN.items()
        for found in pattern.finditer(text)
    )


def _shown(hidden: str) -> str:
    spelt = hidden if hidden.isprintable() else hidden.encode("unicode_escape").decode()
    return spelt if len(spelt) <= 80 else f"{spelt[:79]}…"
