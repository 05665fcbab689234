"""The public functions: a prompt or a response in, the same with fewer tokens out."""

from collections.abc import Callable, Iterable

from .advice import prompt_advice, response_advice
from .cuts import Cut, Positions, compose
from .document import Document
from .layout import clean_layout
from .precheck import may_be_wrapped, may_have_blanks, may_repeat
from .program_strings import dedent
from .repeats import remove_repeats
from .report import Advice, CleanUp, report
from .wrappers import remove_wrappers

Cleaned = tuple[Document, list[Cut]]
Step = Callable[[Document], Cleaned]


def optimize_prompt(prompt: str) -> str:
    """The prompt without repeated instructions and without blanks that carry nothing.

    Code, tables, lists, line breaks, templates and data stay what they are; a text of which that
    can't be proved comes back unchanged. Raises TextExpected for anything but text.
    """
    return _prompt(prompt, "optimize_prompt", dedent, _remove_repeats, clean_layout)[0].text


def remove_redundant_instructions(prompt: str) -> str:
    """The prompt without instructions that it gives again word for word under the same heading.

    Raises TextExpected for anything but text.
    """
    return _prompt(prompt, "remove_redundant_instructions", _remove_repeats)[0].text


def optimize_prompt_format(prompt: str) -> str:
    """The prompt without blanks that carry nothing. Raises TextExpected for anything but text."""
    return _prompt(prompt, "optimize_prompt_format", dedent, clean_layout)[0].text


def optimize_llm_response(response: str) -> str:
    """The response without the phrases around the answer and without blanks that carry nothing.

    What stays is as sure as with optimize_prompt. Raises TextExpected for anything but text.
    """
    return _response(response, "optimize_llm_response", remove_wrappers, clean_layout)[0].text


def remove_redundant_content(response: str) -> str:
    """The response without an opening such as "Certainly! Here is the text:" and a closing such as
    "I hope this helps!". Raises TextExpected for anything but text.
    """
    return _response(response, "remove_redundant_content", remove_wrappers)[0].text


def optimize_response_format(response: str) -> str:
    """The response without blanks that carry nothing. Raises TextExpected for anything but text."""
    return _response(response, "optimize_response_format", clean_layout)[0].text


def clean_prompt(prompt: str) -> CleanUp:
    """What optimize_prompt does, as a report. Raises TextExpected for anything but text."""
    document, cuts = _prompt(prompt, "clean_prompt", dedent, _remove_repeats, clean_layout)
    unindented, indent = dedent(Document(prompt))
    advice = _moved(prompt_advice(unindented), indent)
    return report(prompt, document.text, cuts, advice)


def clean_response(response: str) -> CleanUp:
    """What optimize_llm_response does, as a report. Raises TextExpected for anything but text."""
    document, cuts = _response(response, "clean_response", remove_wrappers, clean_layout)
    return report(response, document.text, cuts, list(response_advice(Document(response))))


def _prompt(prompt: str, name: str, *steps: Step) -> Cleaned:
    document = Document(_text(prompt, name))
    # Blanks hide repeats from the look at the text, so that only both together say it is clean.
    if may_have_blanks(prompt) or may_repeat(prompt):
        return _run(document, steps)
    return document, []


def _response(response: str, name: str, *steps: Step) -> Cleaned:
    document = Document(_text(response, name))
    if may_have_blanks(response) or may_be_wrapped(response):
        return _run(document, steps)
    return document, []


def _run(document: Document, steps: Iterable[Step]) -> Cleaned:
    """One step after the other, and all their cuts as cuts of the text at the start."""
    cuts: list[Cut] = []
    for step in steps:
        document, more = step(document)
        cuts = compose(cuts, more)
    return document, cuts


def _remove_repeats(document: Document) -> Cleaned:
    """Repeats go unless only indented lines would be left, which would then be taken for a program's."""
    after, cuts = remove_repeats(document)
    return (document, []) if cuts and dedent(after)[1] else (after, cuts)


def _moved(advice: Iterable[Advice], cuts: list[Cut]) -> list[Advice]:
    """Advice on the text that the cuts left, as advice on the text before them."""
    places = Positions(cuts)
    return [
        Advice(places.original(one.start), places.original(one.end - 1) + 1, one.kind, one.message)
        for one in advice
    ]


def _text(value: object, name: str) -> str:
    if isinstance(value, str):
        return value
    from plugins.llm.errors import TextExpected

    raise TextExpected(name, value)
