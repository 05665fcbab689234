"""Twice the text takes about twice the work, whatever the text is made of."""

import time
from collections.abc import Callable

import pytest

from plugins.llm.text import clean_prompt, clean_response, optimize_llm_response, optimize_prompt
from tests.plugins.llm.text.samples import PROMPTS, RESPONSES

SMALL, TIMES = 4_000, 8
# Quadratic work would take 64 times as long, and cubic work 512 times.
MOST = 32
UNITS = (
    "[a]: /b\n", "> ", "- ", "<!-- ", "[", "[a](", "`", "`` ` ", "*a ", "_a", "|a", "\n", " ",
    " \n", "|a   |\n|----|\n\n", "word  ", "Use five words or more.  ", "-   a\n", "```\n",
    "<a>\n", "<a><b>", '"', '"a b" ', "> a  b\nb\n", "\\  ", "1.  a\n", "#  a\n", "\t", "\r",
    "a\r\n", "a  b\n\n\n", ".", ". . ", "{{", "{{ a }}  ", "{% raw %}", "$", "$a  $", "[a:",
    "'a ", "«", "](  ", "a  \n", "a   b\n", "- Use five words or more here.\n",
    "Use five words or more here.\n\n", "**a**  ", "---\na\n",
    "Rules:\n\n- Use five words or more here.\n\n", "<doc>\n\nUse five words.\n\n</doc>\n\n",
    "<doc>\n", "Use this:\n\n", "Here is the text:\n\n", "I hope this helps!\n\n",
    "Here is the text:\n", '"""\na  b\n', "        Use five words or more. Write it.\n",
    "1) a b c d e\n", "a", "=", "[\n  a", "a. b? ", "&amp;  ",
)  # fmt: skip


def cpu_s(clean: Callable[[str], object], text: str) -> float:
    """The lesser of two measurements of processor time, in seconds."""
    times = []
    for _ in range(2):
        start = time.process_time()
        clean(text)
        times.append(time.process_time() - start)
    return min(times)


def repeated(unit: str, size: int) -> str:
    """Whole units only, so that both sizes end alike and take the same way."""
    return unit * (size // len(unit))


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("clean", [clean_prompt, clean_response])
def test_work_grows_with_the_text_and_not_with_its_square(
    clean: Callable[[str], object], unit: str
) -> None:
    small = cpu_s(clean, repeated(unit, SMALL))
    large = cpu_s(clean, repeated(unit, SMALL * TIMES))
    # A look that ends early takes no measurable time; a millisecond stands for it.
    assert large <= MOST * max(small, 0.001)


@pytest.mark.parametrize("clean", [optimize_prompt, optimize_llm_response])
def test_a_megabyte_of_real_looking_text_is_cleaned(clean: Callable[[str], str]) -> None:
    texts = [*PROMPTS.values(), *RESPONSES.values()]
    text = repeated("\n\n".join(texts) + "\n\n", 1_000_000)
    cleaned = clean(text)
    assert 0.9 * len(text) < len(cleaned) < len(text)
    assert cleaned.split() != []
