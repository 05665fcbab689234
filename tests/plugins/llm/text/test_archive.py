"""Ten years of real posts go through unharmed."""

import re
from pathlib import Path

import pytest

from plugins.llm.text import (
    optimize_llm_response,
    optimize_prompt,
    optimize_prompt_format,
    optimize_response_format,
)
from tests.plugins.llm.text.structure import structure

pytestmark = pytest.mark.archive


def posts(archive_dir: Path) -> list[str]:
    return [file.read_bytes().decode() for file in sorted(archive_dir.rglob("*.md"))]


def words(text: str) -> list[str]:
    """The words, with the rules of tables at their shortest."""
    return re.sub("-{3,}", "---", text).split()


def test_the_layout_of_every_post_parses_to_the_same_text(archive_dir: Path) -> None:
    for post in posts(archive_dir):
        assert structure(optimize_response_format(post)) == structure(post)
        assert words(optimize_prompt_format(post)) == words(post)


def test_no_post_loses_words_as_a_response(archive_dir: Path) -> None:
    for post in posts(archive_dir):
        assert words(optimize_llm_response(post)) == words(post)


def test_no_post_is_taken_for_instructions(archive_dir: Path) -> None:
    for post in posts(archive_dir):
        cleaned = optimize_prompt(post)
        assert optimize_prompt(cleaned) == cleaned
        assert words(cleaned) == words(post)
