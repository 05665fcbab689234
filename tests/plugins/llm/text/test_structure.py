"""Whatever the clean-up does to a generated document, the document stays what it was."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugins.llm.text import (
    Kind,
    clean_prompt,
    clean_response,
    optimize_llm_response,
    optimize_prompt,
    optimize_prompt_format,
    optimize_response_format,
)
from plugins.llm.text.layout.program_strings import dedent
from plugins.llm.text.markdown.document import Document
from tests.plugins.llm.text.documents import documents, soups
from tests.plugins.llm.text.structure import structure

FULL = os.environ.get("BLOG_TEST_FULL") == "1"
EXAMPLES = 10_000 if FULL else 300
STRUCTURES = 100_000 if FULL else 300
WORD_CUTS = {Kind.REPEAT, Kind.OPENING, Kind.CLOSING}

counted = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
texts = st.one_of(documents(), documents(), documents(), soups)


@settings(counted, max_examples=STRUCTURES)
@given(texts)
def test_a_cleaned_layout_parses_to_the_same_text(text: str) -> None:
    unindented = dedent(Document(text))[0].text
    assert structure(optimize_prompt_format(text)) == structure(unindented)
    assert structure(optimize_response_format(text)) == structure(text)


@counted
@given(texts)
def test_cleaning_twice_is_cleaning_once_and_never_makes_longer(text: str) -> None:
    for clean in (optimize_prompt, optimize_llm_response):
        once = clean(text)
        assert clean(once) == once
        assert len(once) <= len(text)


@counted
@given(texts)
def test_the_output_is_the_input_without_the_reported_spans(text: str) -> None:
    for report in (clean_prompt(text), clean_response(text)):
        rest, position = "", 0
        for removal in report.removals:
            assert position <= removal.start < removal.end
            assert text[removal.start : removal.end] == removal.text
            rest += text[position : removal.start]
            position = removal.end
        assert rest + text[position:] == report.text
        layout = [one for one in report.removals if one.kind not in WORD_CUTS]
        assert all(not one.text.strip(" \t\r\n-") for one in layout)


@counted
@given(documents())
def test_the_report_form_and_the_text_form_agree(text: str) -> None:
    assert clean_prompt(text).text == optimize_prompt(text)
    assert clean_response(text).text == optimize_llm_response(text)


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\r", "\t\n", "\ufeff", "\0", "a\0  b", "\ud800  a"]
)
def test_an_odd_text_is_no_problem(text: str) -> None:
    assert optimize_prompt(text) in text
    assert optimize_llm_response(text) in text
