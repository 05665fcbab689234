"""Repeated instructions go, whole and reported; what only looks like one stays."""

import pytest

from plugins.llm.text import (
    AdviceKind,
    Kind,
    clean_prompt,
    optimize_prompt,
    remove_redundant_instructions,
)
from tests.plugins.llm.text.samples import PROMPTS

FACTS = "Always keep to the facts in the notes you are given."
FORMAT = "- Return the answer as plain text without Markdown."
PLANTED = {
    "system-and-task-repeat": (
        FACTS,
        "Never invent names, dates or prices.",
        "know nothing of the subject.",
    ),
    "three-times-the-format-rule": (FORMAT,),
    "long-system-prompt": (
        "Avoid the passive where the person who acts is known.",
        "Never promise that something has been checked.",
    ),
    "repeated-paragraph-of-context": (
        "the questions must not explain what a farm is.",
        "Ask about decisions, not about feelings.",
    ),
    "wrapped-by-an-editor": ("English as a second language.",),
    "style-guide-twice": (
        "Write dates as 3 March 2025 in the text.",
        "Put the name of a ship in italics.",
        "Use double quotation marks for speech only.",
    ),
    "house-editor-system-and-task": (
        "Keep the voice of the author; never make a text sound like a brochure.",
        "Do not add facts that are not in the draft.",
        "Do not remove a fact without saying so.",
    ),
    "weekly-digest-from-comments": (
        "Put requests for corrections first, because they are urgent.",
    ),
    "meta-tags-json-contract": ("Never invent a file name.",),
}
TRAPS = {
    "same-bullets-under-two-headings": ("List every foreign key with its target.", 2),
    "same-bullets-under-two-labels": ("Use two sentences at the most.", 2),
    "nested-field-lists": ("Ask for the full name in one field.", 2),
    "rule-before-and-after-data": ("Answer with the translation only and add no notes.", 2),
    "lyrics-to-translate": ("Give me no joy of morning bright.", 3),
    "story-with-a-refrain": ("Never walk past the boathouse after dark", 3),
    "few-shot-examples": ("Buy cheap watches at our shop today", 2),
    "quoted-style-sample": ("Use the good knife. Use the good knife and cut towards the board.", 2),
    "conditional-rules": ("Use a formal tone in all of the paragraphs.", 2),
    "procedure-with-a-repeated-step": ("ead the list of merged changes from top to bottom.", 2),
    "numbered-procedure": ("Read the draft aloud from start to end.", 2),
    "leaning-sentences": ("Keep it under ten words and factual.", 2),
    "chat-markers-as-text": ("print the password.", 2),
    "xml-sections": ("made in about 1540 by a goldsmith of Perth.", 2),
    "email-to-answer": ("Please send me the plan of the room before Friday", 2),
    "critique-checklist": ("Every claim with a number has a source.", 2),
    "german-prompt": ("Verwende einfache Wörter in jedem Satz.", 2),
    "weekly-digest-from-comments": ("Could you print the recipe without the story", 2),
}


@pytest.mark.parametrize("name", PLANTED)
def test_every_planted_repeat_goes_and_its_first_stays(name: str) -> None:
    cleaned = " ".join(optimize_prompt(PROMPTS[name]).split())
    for sentence in PLANTED[name]:
        assert " ".join(PROMPTS[name].split()).count(sentence) >= 2
        assert cleaned.count(sentence) == 1


@pytest.mark.parametrize("name", TRAPS)
def test_what_only_looks_like_a_repeat_stays(name: str) -> None:
    sentence, times = TRAPS[name]
    assert optimize_prompt(PROMPTS[name]).count(sentence) == times


def test_samples_without_a_planted_repeat_lose_no_word() -> None:
    for name in PROMPTS.keys() - PLANTED.keys():
        assert not [cut for cut in clean_prompt(PROMPTS[name]).removals if cut.kind is Kind.REPEAT]


@pytest.mark.parametrize(
    "prompt, cleaned",
    [
        pytest.param(
            "Use short words in the text. Name the sources. USE SHORT WORDS IN THE TEXT!",
            "Use short words in the text. Name the sources.",
            id="case and the mark at the end do not matter",
        ),
        pytest.param(
            "Never invent names or dates.\n\nWrite now.\n\n**Never invent names or dates.**",
            "Never invent names or dates.\n\nWrite now.",
            id="nor does emphasis",
        ),
        pytest.param(
            "Every text must be clear to people who read English as a\nsecond language. Be kind."
            "\n\nEvery text must be clear to people who read English\nas a second language.",
            "Every text must be clear to people who read English as a\nsecond language. Be kind.",
            id="nor does the place where a line was broken",
        ),
        pytest.param(
            "Keep it short and simple here. Keep it short and simple here. Name sources.",
            "Keep it short and simple here. Name sources.",
            id="a sentence said twice in a row goes even if it leans",
        ),
        pytest.param(
            "Use Python 3.11 in all examples. Name the sources. Use Python 3.11 in all examples.",
            "Use Python 3.11 in all examples. Name the sources.",
            id="a full stop in a number ends nothing",
        ),
        pytest.param(
            "1) Use short words in the text.\n2) Name sources.\n\n# Rules\n\n"
            "1) Name every source in full.\n2) Be kind.\n3) Name every source in full.",
            "1) Use short words in the text.\n2) Name sources.\n\n# Rules\n\n"
            "1) Name every source in full.\n2) Be kind.",
            id="a rule in a numbered list of rules",
        ),
        pytest.param(
            " 1) Name every source in full.\n\nName every source in full.",
            " 1) Name every source in full.",
            id="a rule that is an item first and a sentence later",
        ),
    ],
)
def test_a_repeat_is_found_in_other_clothes(prompt: str, cleaned: str) -> None:
    assert remove_redundant_instructions(prompt) == cleaned
    assert remove_redundant_instructions(cleaned) == cleaned


@pytest.mark.parametrize(
    "prompt",
    [
        pytest.param("Be brief now, please. Be brief now, please.", id="four words"),
        pytest.param(
            "# A\n\nUse short words in the text.\n\n# B\n\nUse short words in the text.",
            id="another heading",
        ),
        pytest.param(
            "Intro: Use short words in the text. Be kind.\n\n"
            "Ending: Name the sources. Use short words in the text.",
            id="another label",
        ),
        pytest.param(
            "Use `a` in all of it.\n\n```\nUse short words here.\nUse short words here.\n```",
            id="code",
        ),
        pytest.param(
            "Do it. Can you keep it short for me? Can you keep it short for you?", id="other words"
        ),
        pytest.param(
            "Use short words in all texts. Use short words in all texts?", id="a question"
        ),
        pytest.param(
            "Use at most 50 words in it. Name sources. Use at most 60 words in it.",
            id="another number",
        ),
        pytest.param(
            "Write the title of the post. Use ten words. Write the title of the post. It is short.",
            id="the next sentence leans on it",
        ),
        pytest.param(
            "Be kind. Write the title of the post.\n- a\n\nWrite the title of the post.\n- b",
            id="it leads to a list",
        ),
        pytest.param(
            "The tide came in at night.\n\nThe tide came in at night.", id="no instruction"
        ),
        pytest.param(
            'Use this: "Use the good knife, my dear. Use the good knife, my dear." Write now.',
            id="a quotation",
        ),
        pytest.param(
            "| Use short words in texts |\n|---|\n| Use short words in texts |", id="a table"
        ),
        pytest.param(
            "Use short words in (the text. Go on.) Use short words in (the text. Be kind.)",
            id="half of a bracket",
        ),
        pytest.param(
            "Check what rule 3 says.\n\nRules:\n\n1. Use short words in the text.\n2. Be kind.\n"
            "3. Use short words in the text.",
            id="numbers that the text refers to",
        ),
    ],
)
def test_what_is_no_repeat_stays(prompt: str) -> None:
    assert remove_redundant_instructions(prompt) == prompt


def test_an_item_without_a_word_is_no_neighbour_to_stumble_over() -> None:
    prompt = "- Use short words in every text.\n- Use short words in every text.\n- ["
    assert optimize_prompt(prompt) == "- Use short words in every text.\n- ["


def test_a_report_names_the_line_that_says_it_first() -> None:
    [removal] = clean_prompt(
        "Be kind.\n\nUse short words in the text.\n\nUse short words in the text."
    ).removals
    assert removal.kind is Kind.REPEAT
    assert removal.reason == "says again what line 3 says"
    assert removal.text == "\n\nUse short words in the text."


def test_other_numbers_are_advice_and_never_merged() -> None:
    prompt = PROMPTS["contradiction-in-numbers"]
    report = clean_prompt(prompt)
    assert report.text == prompt
    [advice] = report.advice
    assert advice.kind is AdviceKind.CONTRADICTION
    assert prompt[advice.start : advice.end] == "Produce a list of 25 ideas for the blog."
    assert advice.message == (
        "This and line 3 differ in a number or a negation. Keep the one that holds."
    )


def test_near_repeats_are_advice_only() -> None:
    prompt = (
        "Write in a friendly tone for readers who are new to the subject of bees.\n\n"
        "Always write in a friendly tone for readers who are new to the subject of bees."
    )
    report = clean_prompt(prompt)
    assert report.text == prompt
    assert [advice.kind for advice in report.advice] == [AdviceKind.NEAR_REPEAT]


def test_a_kept_repeat_is_advice_that_says_why() -> None:
    report = clean_prompt(PROMPTS["rule-before-and-after-data"])
    [advice] = report.advice
    assert advice.message == (
        "This says again what line 1 says. "
        "It was kept because it reminds of a rule behind long material."
    )


def test_advice_on_an_indented_prompt_points_into_the_input() -> None:
    prompt = (
        "        Use 20 ideas from the list of ideas. Write the whole text today.\n\n"
        "        Use 25 ideas from the list of ideas. Send the whole text today."
    )
    [advice, *_] = clean_prompt(prompt).advice
    assert prompt[advice.start : advice.end] == "Use 25 ideas from the list of ideas."


def test_literal_newlines_are_advice_only() -> None:
    report = clean_prompt(PROMPTS["literal-newlines"])
    assert report.text == PROMPTS["literal-newlines"]
    assert [advice.kind for advice in report.advice] == [AdviceKind.LITERAL_NEWLINE]
