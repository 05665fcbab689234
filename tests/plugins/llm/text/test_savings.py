"""How much the clean-up saves on the samples, and what joining all white space would destroy."""

from collections.abc import Callable

import pytest

from plugins.llm.text import (
    CleanUp,
    clean_prompt,
    clean_response,
    count_tokens,
    optimize_llm_response,
    optimize_prompt,
    optimize_prompt_format,
)
from plugins.llm.text.layout.program_strings import dedent
from plugins.llm.text.markdown.document import Document
from tests.plugins.llm.text.samples import PROMPTS, RESPONSES
from tests.plugins.llm.text.structure import joined, structure

TABLES = ("wide-padded-table", "aligned-columns-table", "padded-table", "critique-table")


def saved_share(samples: dict[str, str], clean: Callable[[str], CleanUp]) -> float:
    """The share of the tokens of all samples that the clean-up saves."""
    reports = [clean(text) for text in samples.values()]
    assert all(report.tokens_before.exact for report in reports)
    assert all(report.tokens_saved >= 0 for report in reports)
    before = sum(report.tokens_before.tokens for report in reports)
    return sum(report.tokens_saved for report in reports) / before


def test_there_are_enough_samples() -> None:
    assert len(PROMPTS) >= 40
    assert len(RESPONSES) >= 40


def test_prompts_lose_at_least_1_5_percent_of_their_tokens() -> None:
    assert saved_share(PROMPTS, clean_prompt) >= 0.015


def test_responses_lose_at_least_4_3_percent_of_their_tokens() -> None:
    assert saved_share(RESPONSES, clean_response) >= 0.043


def test_padded_tables_lose_at_least_14_percent_of_their_tokens() -> None:
    for name in TABLES:
        text = RESPONSES[name]
        table = text[text.index("|") : text.rindex("|") + 1]
        saved = count_tokens(table).tokens - count_tokens(optimize_prompt_format(table)).tokens
        assert saved >= 0.14 * count_tokens(table).tokens, name


@pytest.mark.parametrize("name", PROMPTS)
def test_the_layout_of_no_prompt_is_damaged(name: str) -> None:
    text = dedent(Document(PROMPTS[name]))[0].text
    assert structure(optimize_prompt_format(text)) == structure(text)


@pytest.mark.parametrize("name", RESPONSES)
def test_the_layout_of_no_response_is_damaged(name: str) -> None:
    text = RESPONSES[name]
    report = clean_response(text)
    kept = [
        removal
        for removal in report.removals
        if removal.kind in {"opening phrase", "closing phrase"}
    ]
    answer = text
    for removal in reversed(kept):
        answer = answer[: removal.start] + answer[removal.end :]
    assert structure(report.text) == structure(answer)


def test_joining_all_blanks_damages_every_structured_sample() -> None:
    texts = [text for text in (*PROMPTS.values(), *RESPONSES.values()) if "\n" in text.strip()]
    damaged = [text for text in texts if structure(joined(text)) != structure(text)]
    assert len(damaged) == len(texts)


def test_cleaning_the_samples_twice_changes_nothing_more() -> None:
    for text in PROMPTS.values():
        assert optimize_prompt(optimize_prompt(text)) == optimize_prompt(text)
    for text in RESPONSES.values():
        assert optimize_llm_response(optimize_llm_response(text)) == optimize_llm_response(text)
