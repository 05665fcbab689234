"""What the functions accept, and what they say about anything else."""

import subprocess
import sys

import pytest

import plugins.llm
from blog_core.api import BlogError
from plugins.llm import text as functions
from plugins.llm.errors import TextExpected

NAMES = (
    "optimize_prompt",
    "remove_redundant_instructions",
    "optimize_prompt_format",
    "optimize_llm_response",
    "remove_redundant_content",
    "optimize_response_format",
)


@pytest.mark.parametrize("name", NAMES)
def test_the_public_names_are_text_in_text_out(name: str) -> None:
    function = getattr(plugins.llm, name)
    assert function is getattr(functions, name)
    assert function("") == ""
    assert function("A clean text.") == "A clean text."


@pytest.mark.parametrize("name", [*NAMES, "clean_prompt", "clean_response"])
@pytest.mark.parametrize(
    "value, found",
    [
        (None, "NoneType."),
        (5, "int."),
        (["a"], "list."),
        (b"a", "bytes. Decode it first, for example with .decode()."),
    ],
)
def test_anything_but_text_is_refused_by_name(name: str, value: object, found: str) -> None:
    with pytest.raises(TextExpected) as caught:
        getattr(functions, name)(value)
    assert str(caught.value) == f"{name} needs text (str), but got {found}"
    assert isinstance(caught.value, BlogError)
    assert isinstance(caught.value, TypeError)


def test_a_report_of_a_clean_text_is_empty() -> None:
    report = functions.clean_prompt("A clean text.")
    assert (report.text, report.removals, report.advice) == ("A clean text.", (), ())
    assert report.tokens_saved == 0


def test_a_text_that_no_model_can_read_is_counted_by_an_estimate() -> None:
    count = functions.count_tokens("abcdef\ud800")
    assert (count.tokens, count.exact) == (2, False)


def test_tokens_are_estimated_where_the_vocabulary_is_not_installed() -> None:
    program = (
        "import sys; sys.modules['bpe_openai'] = None\n"
        "from plugins.llm.text import count_tokens\n"
        "print(count_tokens('a' * 10))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "TokenCount(tokens=3, exact=False)"


def test_the_functions_work_without_an_app_and_load_no_client() -> None:
    program = (
        "import sys; from plugins.llm import optimize_prompt\n"
        "print(repr(optimize_prompt('a  b')), 'openai' in sys.modules, 'bpe_openai' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "'a b' False False"
