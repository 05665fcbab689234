"""The style sheet: small, local, and readable in both modes."""

import gzip
import re

import pytest
from pygments.token import STANDARD_TYPES

from blog_core.reader.theme import STATIC_DIR

CSS = (STATIC_DIR / "blog.css").read_text("utf-8")
MAX_BYTES = 25_000
TEXT = ("--ink", "--muted", "--accent", "--warning", "--danger")
CODE = (
    *("--code-keyword", "--code-string", "--code-number", "--code-comment", "--code-name"),
    *("--code-type", "--code-added", "--code-removed"),
)
PAIRS = [
    *((text, ground) for text in TEXT for ground in ("--paper", "--raised")),
    *((code, "--raised") for code in CODE),
    ("--paper", "--accent"),
    ("--ink", "--mark"),
    ("--ink", "--accent-soft"),
]


def variables(block: str) -> dict[str, str]:
    return dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{3,6});", block))


DARK_STARTS = CSS.index("@media screen and (prefers-color-scheme: dark)")
LIGHT = variables(CSS[:DARK_STARTS])
DARK = variables(CSS[DARK_STARTS : CSS.index("/* 2 ")])


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("text, ground", PAIRS)
@pytest.mark.parametrize("mode", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_stand_out_from_their_ground(mode: dict[str, str], text: str, ground: str) -> None:
    assert contrast(mode[text], mode[ground]) >= 4.5


def test_both_modes_set_the_same_colours() -> None:
    assert LIGHT.keys() == DARK.keys()


def test_the_style_sheet_is_small() -> None:
    assert len(CSS.encode()) <= MAX_BYTES
    assert len(gzip.compress(CSS.encode(), 6)) <= 6_000


def test_it_loads_nothing() -> None:
    assert "@import" not in CSS
    assert "url(" not in CSS


def test_every_coloured_class_is_one_that_code_can_have() -> None:
    used = set(re.findall(r"\.(\w+)", " ".join(re.findall(r"^pre [^{]+", CSS, re.MULTILINE))))
    assert used <= set(STANDARD_TYPES.values())
    assert {"k", "s", "mi", "c1", "nf", "gi", "gd"} <= used


def test_motion_asks_first() -> None:
    before, _, after = CSS.partition("@media (prefers-reduced-motion: no-preference)")
    assert not re.search(r"transition|animation|scroll-behavior", before)
    assert "scroll-behavior" in after


def test_focus_can_be_seen() -> None:
    rule = re.search(r":focus-visible \{([^}]+)\}", CSS)
    assert rule
    assert "outline: 0.1875rem solid var(--accent)" in rule[1]
