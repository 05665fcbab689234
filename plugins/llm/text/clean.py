"""The public functions: a prompt or a response in, the same with fewer tokens out."""

from collections.abc import Callable, Iterable
from typing import NoReturn

from plugins.llm.text.advice import prompt_advice, response_advice
from plugins.llm.text.layout.clean_layout import clean_layout
from plugins.llm.text.layout.program_strings import dedent
from plugins.llm.text.markdown.cuts import Cut, Positions, compose
from plugins.llm.text.markdown.document import Document
from plugins.llm.text.precheck import (
    is_suspicious_prompt,
    is_suspicious_response,
    may_be_wrapped,
    may_have_blanks,
)
from plugins.llm.text.repeats.remove_repeats import remove_repeats
from plugins.llm.text.report import Advice, CleanUp, report
from plugins.llm.text.wrappers.remove_wrappers import remove_wrappers

Cleaned = tuple[Document, list[Cut]]
Step = Callable[[Document], Cleaned]
Look = Callable[[str], bool]
# One cut can make room for another, by making neighbours or by moving a line to the margin. A text
# that takes more rounds than this is left alone.
MAX_ROUNDS = 4


def optimize_prompt(prompt: str) -> str:
    """The prompt without repeated instructions and without blanks that carry nothing.

    Code, tables, lists, line breaks, templates and data stay what they are; a text of which that
    can't be proved comes back unchanged. Raises TextExpected for anything but text.
    """
    return _text(prompt, "optimize_prompt", is_suspicious_prompt, dedent, _repeats, clean_layout)


def remove_redundant_instructions(prompt: str) -> str:
    """The prompt without instructions that it gives again word for word under the same heading.

    Raises TextExpected for anything but text.
    """
    return _text(prompt, "remove_redundant_instructions", is_suspicious_prompt, _repeats)


def optimize_prompt_format(prompt: str) -> str:
    """The prompt without blanks that carry nothing. Raises TextExpected for anything but text."""
    return _text(prompt, "optimize_prompt_format", may_have_blanks, dedent, clean_layout)


def optimize_llm_response(response: str) -> str:
    """The response without the phrases around the answer and without blanks that carry nothing.

    What stays is as sure as with optimize_prompt. Raises TextExpected for anything but text.
    """
    return _text(response, "optimize_llm_response", is_suspicious_response, _wrappers, clean_layout)


def remove_redundant_content(response: str) -> str:
    """The response without an opening such as "Certainly! Here is the text:" and a closing such as
    "I hope this helps!". Raises TextExpected for anything but text.
    """
    return _text(response, "remove_redundant_content", may_be_wrapped, _wrappers)


def optimize_response_format(response: str) -> str:
    """The response without blanks that carry nothing. Raises TextExpected for anything but text."""
    return _text(response, "optimize_response_format", may_have_blanks, clean_layout)


def clean_prompt(prompt: str) -> CleanUp:
    """What optimize_prompt does, as a report. Raises TextExpected for anything but text."""
    document, cuts = _clean(
        prompt, "clean_prompt", is_suspicious_prompt, dedent, _repeats, clean_layout
    )
    unindented, indent = dedent(Document(prompt))
    advice = _moved(prompt_advice(unindented), indent)
    return report(prompt, document.text, cuts, advice)


def clean_response(response: str) -> CleanUp:
    """What optimize_llm_response does, as a report. Raises TextExpected for anything but text."""
    document, cuts = _clean(
        response, "clean_response", is_suspicious_response, _wrappers, clean_layout
    )
    return report(response, document.text, cuts, list(response_advice(Document(response))))


def _text(text: str, name: str, is_suspicious: Look, *steps: Step) -> str:
    """The cleaned text. Nothing is made of one that the look finds clean: it comes back."""
    _check(text, name)
    return _rounds(text, is_suspicious, *steps)[0].text if is_suspicious(text) else text


def _clean(text: str, name: str, is_suspicious: Look, *steps: Step) -> Cleaned:
    """The cleaned text as a document, and all cuts as cuts of the text at the start."""
    _check(text, name)
    return _rounds(text, is_suspicious, *steps) if is_suspicious(text) else (Document(text), [])


def _rounds(text: str, is_suspicious: Look, *steps: Step) -> Cleaned:
    """One step after the other, again and again until the look finds nothing any more."""
    document, cuts = Document(text), list[Cut]()
    for _ in range(MAX_ROUNDS):
        before = document
        for step in steps:
            document, more = step(document)
            cuts = compose(cuts, more)
        if document is before or not is_suspicious(document.text):
            return document, cuts
    return Document(text), []


def _check(text: object, name: str) -> None:
    if not isinstance(text, str):
        _refuse(text, name)


def _refuse(value: object, name: str) -> NoReturn:
    # Imported for the one who needs it: the core's errors bring the core with them.
    from plugins.llm.errors import TextExpected

    raise TextExpected(name, value)


def _wrappers(document: Document) -> Cleaned:
    return remove_wrappers(document) if may_be_wrapped(document.text) else (document, [])


def _repeats(document: Document) -> Cleaned:
    """Repeats go unless only indented lines would be left, which would be taken for a program's."""
    after, cuts = remove_repeats(document)
    return (document, []) if cuts and dedent(after)[1] else (after, cuts)


def _moved(advice: Iterable[Advice], cuts: list[Cut]) -> list[Advice]:
    """Advice on the text that the cuts left, as advice on the text before them."""
    places = Positions(cuts)
    return [
        Advice(places.original(one.start), places.original(one.end - 1) + 1, one.kind, one.message)
        for one in advice
    ]
