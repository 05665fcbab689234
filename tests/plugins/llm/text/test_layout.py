"""Blanks that carry nothing go; blanks, lines and marks that carry something stay."""

import pytest

from plugins.llm.text import (
    Kind,
    clean_prompt,
    optimize_llm_response,
    optimize_prompt,
    optimize_prompt_format,
    optimize_response_format,
)
from tests.plugins.llm.text.samples import PROMPTS, RESPONSES


@pytest.mark.parametrize(
    "text, cleaned",
    [
        pytest.param("  Write   a  post .  Now  \n", "Write a post . Now", id="words"),
        pytest.param("a\n\n\n\nb", "a\n\nb", id="blank lines"),
        pytest.param("a\n  \t\nb", "a\n\nb", id="blanks on an empty line"),
        pytest.param("\n\na\n\n", "a", id="both ends"),
        pytest.param("a \nb", "a\nb", id="one trailing blank"),
        pytest.param("# A  \n\nb", "# A\n\nb", id="behind a heading"),
        pytest.param("a\r\nb\r\n", "a\nb", id="carriage returns"),
        pytest.param("  a\n  b", "a\nb", id="a shared indent"),
        pytest.param(
            "| a   |   b |\n|-----|----:|\n| 1   |     |",
            "| a | b |\n|---|---:|\n| 1 | |",
            id="a padded table",
        ),
        pytest.param("-   a\n-   b", "- a\n- b", id="wide bullets"),
        pytest.param("1.  a\n\n    b\n\n2.  c", "1. a\n\n   b\n\n2. c", id="wide numbers"),
        pytest.param(
            "*   a\n    *   b\n        c\n*   d", "* a\n  * b\n    c\n* d", id="nested wide bullets"
        ),
        pytest.param(
            "1.  a\n\n    ```sh\n    x  = 1\n\n      y\n    ```",
            "1. a\n\n   ```sh\n   x  = 1\n\n     y\n   ```",
            id="code moves with its item and keeps its own blanks",
        ),
        pytest.param(" - a\n - b", "- a\n- b", id="an indented list"),
        pytest.param(
            "Use `a  b`  and  `c`.", "Use `a  b` and `c`.", id="beside inline code, not inside it"
        ),
    ],
)
def test_blanks_that_carry_nothing_go(text: str, cleaned: str) -> None:
    assert optimize_prompt_format(text) == cleaned
    assert optimize_response_format(text) == cleaned
    assert optimize_prompt(text) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("```py\nx  =  1   # one\n\n\n\ny\n```", id="fenced code"),
        pytest.param("```\nnever  closed\n\n\n\n", id="an open fence"),
        pytest.param("a\n\n    x  =  1\n\n\n    y  = 2", id="indented code"),
        pytest.param("    def f():\n        return  1", id="nothing but indented code"),
        pytest.param("Use `a  b` here.", id="inline code"),
        pytest.param("one  \ntwo", id="a hard break"),
        pytest.param("one\\\ntwo", id="a hard break by backslash"),
        pytest.param("one\\ \ntwo", id="a backslash and a blank"),
        pytest.param("<pre>\na   b\n\n\nc\n</pre>", id="HTML"),
        pytest.param("a <kbd>x   y</kbd> b", id="HTML in a line"),
        pytest.param("---\ntitle:   a\n\n\ntags: [x,  y]\n---\n\nb", id="front matter"),
        pytest.param("+++\ntitle =   1\n+++\n\nb", id="front matter in TOML"),
        pytest.param("$$\na  =  b\n\n\nc\n$$", id="a formula"),
        pytest.param("It is $a  = 1$ here.", id="a formula in a line"),
        pytest.param("\\[ a  =  b \\]", id="a formula in brackets"),
        pytest.param("{{ a  }} and {%  if b  %}", id="template tags"),
        pytest.param("{% raw %}\na   b\n\n\nc\n{% endraw %}", id="a verbatim part of a template"),
        pytest.param("Use [data:a  b] here.", id="a reference to data"),
        pytest.param('Separate them by "  " or "a  b".', id="a quoted string"),
        pytest.param('[a](/b "two  blanks")', id="the title of a link"),
        pytest.param("Roses are red,\n  violets are blue,\nso  they say.", id="an indented verse"),
        pytest.param("14 Shore Street\nAnstruther\nKY10 3EA", id="an address"),
        pytest.param("Item    Price\nOats     2.40\nPear    13.75", id="columns"),
        pytest.param("name\ttown\t\tboats\nIsa\t\t2", id="tabs"),
        pytest.param("a  /\\  b  ->  c  |  d", id="a drawing in a line"),
        pytest.param("- a\n- b\n\n\u00a0\u00a0c", id="blanks that do not break"),
        pytest.param("| not | a\n| table   | at all", id="bars without a table"),
    ],
)
def test_what_carries_something_stays(text: str) -> None:
    assert optimize_prompt(text) == text
    assert optimize_llm_response(text) == text


def test_code_keeps_its_carriage_returns_and_then_all_lines_do() -> None:
    text = "a\r\n\r\n```\r\nx\r\n```"
    assert optimize_prompt(text) == text


def test_lines_are_never_joined() -> None:
    for name in ("address-and-labels", "hard-breaks-kept", "tabs-in-data", "aligned-plain-table"):
        assert optimize_prompt(PROMPTS[name]) == PROMPTS[name]
    assert optimize_llm_response(RESPONSES["poem-hard-breaks"]) == RESPONSES["poem-hard-breaks"]


@pytest.mark.parametrize(
    "name",
    ["indented-program-string", "indented-program-string-with-json", "translate-with-glossary"],
)
def test_a_prompt_from_a_program_loses_its_indent_and_nothing_else(name: str) -> None:
    prompt = PROMPTS[name]
    cleaned = optimize_prompt(prompt)
    indent = len(prompt) - len(prompt.lstrip())
    assert indent >= 4
    assert cleaned.split("\n") == [line[indent:] for line in prompt.split("\n")]
    assert {cut.kind for cut in clean_prompt(prompt).removals} == {Kind.INDENT}


@pytest.mark.parametrize(
    "text",
    [
        PROMPTS["indented-code-is-code"],
        "    Roses are red,\n    violets are blue.",
        "    git add notes.md\n    git commit",
        "    # Use the cache. Return the total.\n    # Write it down. Never divide.\n    total = 0",
        "    Dear Ann,\n\n    the boat is sold. The bell is not.",
        "Write a post.\n\n        Use short words here. Write about bees.",
    ],
)
def test_an_indent_that_may_be_code_or_a_quotation_stays(text: str) -> None:
    assert optimize_prompt(text) == text


def test_a_response_is_never_taken_for_a_prompt_of_a_program() -> None:
    text = PROMPTS["indented-program-string"]
    assert optimize_llm_response(text) == text


def test_one_block_that_can_not_be_proved_does_not_spoil_the_others() -> None:
    unusual = "-   a\n  - b"
    assert optimize_prompt(f"x  y\n\n{unusual}") == f"x y\n\n{unusual}"
