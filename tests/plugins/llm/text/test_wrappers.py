"""The phrases around an answer go; whatever says something stays."""

import pytest

from plugins.llm.text import (
    AdviceKind,
    Kind,
    clean_response,
    optimize_llm_response,
    remove_redundant_content,
)
from tests.plugins.llm.text.samples import RESPONSES

KEEPS_ALL_WORDS = (
    "title-ideas",
    "song-with-chorus",
    "worked-steps",
    "partial-refusal",
    "refusal",
    "code-fence-only",
    "happy-cooking",
    "letter-with-closing",
    "json-answer",
    "faq-yes",
    "of-course-as-answer",
    "definition-style",
    "two-versions",
    "suggestion-with-content-offer",
    "dialogue",
    "cut-off-loop",
)


@pytest.mark.parametrize(
    "opening",
    [
        "Here is the revised text:",
        "Certainly! Here's the revised version of your post:",
        "Sure, here are the titles you asked for:",
        "**Here is the summary:**",
        "Of course! I'd be happy to help with that. Here is the updated draft:",
        "Great question! Here’s an overview:",
        "I've shortened the paragraph as requested:",
        "Below is the table based on your notes:",
        "Thank you for the notes! Here is the outline:",
    ],
)
def test_an_opening_phrase_goes(opening: str) -> None:
    answer = "The tide came in over the wall.\n\n- one\n- two"
    assert remove_redundant_content(f"{opening}\n\n{answer}") == answer
    assert remove_redundant_content(f"{opening}\n{answer}") == answer


@pytest.mark.parametrize(
    "opening",
    [
        "Here are five titles:",
        "Here is the history of the Black Watch:",
        "Here is the text in French:",
        "Here is the text without the price:",
        "Certainly!",
        "Sure, I can explain.",
        "I'd be happy to help, but I can't write about her illness.",
        "I'm sorry, here is the text:",
        "The revised text:",
        "Here is the text, which I could not check:",
        "Here is a warning:",
        "> Here is the text:",
        "# Here is the text:",
        "- Here is the text:",
    ],
)
def test_an_opening_that_says_something_stays(opening: str) -> None:
    text = f"{opening}\n\nThe tide came in over the wall."
    assert remove_redundant_content(text) == text


@pytest.mark.parametrize(
    "closing",
    [
        "I hope this helps!",
        "Hope that helps.",
        "Let me know if you have any questions.",
        "I hope this helps! Please let me know if you'd like me to adjust anything.",
        "Feel free to reach out if you need further changes.",
        "Would you like me to adjust the tone?",
        "If you need anything else, just let me know!",
        "I’m happy to make further adjustments.",
    ],
)
def test_a_closing_phrase_goes(closing: str) -> None:
    answer = "The tide came in over the wall."
    assert remove_redundant_content(f"{answer}\n\n{closing}") == answer
    assert remove_redundant_content(f"{answer}\n\n---\n\n{closing}") == answer


@pytest.mark.parametrize(
    "closing",
    [
        "Happy cooking!",
        "Let me know which of the three titles you prefer.",
        "Would you like me to translate it into Dutch?",
        "Let me know if you want a version for children.",
        "Call 999 if you need help.",
        "I hope this helps the harbour to get its wall.",
        "Let me know if Tuesday works.",
        "Feel free to use my photographs of the wall.",
    ],
)
def test_a_closing_that_says_something_stays(closing: str) -> None:
    text = f"The tide came in over the wall.\n\n{closing}"
    assert remove_redundant_content(text) == text


@pytest.mark.parametrize("name", KEEPS_ALL_WORDS)
def test_content_that_looks_like_padding_stays(name: str) -> None:
    words = {Kind.REPEAT, Kind.OPENING, Kind.CLOSING}
    assert words.isdisjoint(cut.kind for cut in clean_response(RESPONSES[name]).removals)


def test_the_last_line_of_a_letter_is_its_content() -> None:
    letter = "Dear Ms Oliphant,\n\nthe lamp is repaired.\n\nLet me know if you have any questions."
    assert optimize_llm_response(letter) == letter
    assert optimize_llm_response(f"Here is the letter:\n\n{letter}") == letter


def test_front_matter_behind_an_opening_phrase_is_kept_byte_by_byte() -> None:
    answer = optimize_llm_response(RESPONSES["front-matter-answer"])
    assert answer.startswith("---\ntitle:   Notes on peat\ntags:    [peat,  fuel]\n")


def test_rules_go_only_together_with_the_phrase_that_they_set_off() -> None:
    answer = optimize_llm_response(RESPONSES["rule-separated"])
    assert answer.startswith("# Notes on peat")
    assert answer.endswith("is asked a second year.")
    text = "---\n\nThe tide came in.\n\n---"
    assert optimize_llm_response(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Here is the text:",
        "I hope this helps!",
        "Here is the text:\n\nI hope this helps!",
        "Sure! Here is the answer:\n\nNo.",
    ],
)
def test_an_answer_of_nothing_but_phrases_stays(text: str) -> None:
    assert remove_redundant_content(text) == text


def test_phrases_in_lines_of_one_paragraph_go_at_once() -> None:
    answer = "The tide came in.\nAnd it went."
    assert remove_redundant_content(f"Here is the text:\nHere is the draft:\n{answer}") == answer
    wrapped = f"Here is the text:\nHere is\nthe draft:\n\n{answer}"
    assert remove_redundant_content(wrapped) == answer
    closed = f"{answer}\nHope that helps!\nLet me know if you need more."
    assert remove_redundant_content(closed) == closed
    assert remove_redundant_content(f"Yes, it did.\n\n{closed}") == f"Yes, it did.\n\n{answer}"


def test_a_phrase_in_code_is_code() -> None:
    text = "```\nHere is the text:\n\nI hope this helps!\n```"
    assert remove_redundant_content(text) == text


def test_only_the_ends_are_looked_at() -> None:
    text = "The tide came in.\n\nHere is the text:\n\nI hope this helps!\n\nThe tide went out."
    assert remove_redundant_content(text) == text


def test_a_stuck_model_is_reported_and_nothing_is_cut() -> None:
    text = RESPONSES["cut-off-loop"]
    report = clean_response(text)
    assert report.text == text
    [advice] = report.advice
    assert advice.kind is AdviceKind.LOOP
    assert advice.message == (
        "The last 4 paragraphs are the same: the model may be stuck. "
        "Ask again, or keep them if they are a refrain."
    )


def test_a_chorus_is_no_loop() -> None:
    assert clean_response(RESPONSES["song-with-chorus"]).advice == ()


def test_a_report_names_the_phrase() -> None:
    removals = clean_response("Here is the text:\n\nThe tide came in.\n\nHope that helps!").removals
    assert [(one.kind, one.text) for one in removals] == [
        (Kind.OPENING, "Here is the text:\n\n"),
        (Kind.CLOSING, "\n\nHope that helps!"),
    ]
    assert removals[0].reason == "an opening phrase that says nothing of the answer"
