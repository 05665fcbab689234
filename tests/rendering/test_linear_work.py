"""Twice the text costs twice the work, counted in lines of Python run, whatever its shape.

Work inside C (regular expressions, the HTML parser) is not counted: its guards have their tests
beside the sanitiser and the code blocks.
"""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from blog_core.rendering import render_comment, render_markdown

SHAPES: dict[str, Callable[[int], str]] = {
    "brackets": lambda n: "[" * n,
    "closing brackets": lambda n: "]" * n,
    "images": lambda n: "![" * (n // 2),
    "half links": lambda n: "[a](b" * (n // 5),
    "stars": lambda n: "*a **b " * (n // 7),
    "underscores": lambda n: "_a __b " * (n // 7),
    "tildes": lambda n: "~a ~~b " * (n // 7),
    "quotes": lambda n: "> " * (n // 2) + "a",
    "lists in lists": lambda n: "- " * (n // 2) + "a",
    "references": lambda n: "".join(f"[{i}]: /x\n" for i in range(n // 9)),
    "uses of a reference": lambda n: "[a]: /x\n\n" + "[a]" * (n // 3),
    "open comments": lambda n: "a <!--" * (n // 6),
    "open tags": lambda n: "<a " * (n // 3),
    "entities": lambda n: "&a" * (n // 2),
    "escapes": lambda n: "\\" * n,
    "notes": lambda n: "[^a]: x\n\n" + "[^a]" * (n // 4),
    "half notes": lambda n: "[^a]: x\n\n" + "[^" * (n // 2),
    "named half notes": lambda n: "[^a]: x\n\n" + "[^a" * (n // 3),
    "inline notes": lambda n: "^[a]" * (n // 4),
    "half inline notes": lambda n: "^[" * (n // 2),
    "tables": lambda n: "a|b\n-|-\n\n" * (n // 9),
    "rows": lambda n: "a|b\n-|-\n" + "|\n" * (n // 2),
    "template tags": lambda n: "{{" * (n // 2),
    "equal headings": lambda n: "# a\n" * (n // 4),
    "raw headings": lambda n: "<h2>" * (n // 4),
    "fences": lambda n: "```\n" * (n // 4),
    "addresses": lambda n: "http://" * (n // 7),
    "mail addresses": lambda n: "a@" * (n // 2),
    "captions": lambda n: '![a](b "c")\n\n' * (n // 13),
    "frames": lambda n: '<iframe src="' * (n // 13),
    "tasks": lambda n: "- [ ] a\n" * (n // 8),
    "alerts": lambda n: "> [!NOTE]\n> x\n\n" * (n // 15),
    "blank lines": lambda n: "\n" * n,
    "a mixture": lambda n: "a_b*c[d](e)`f`<g>&h;" * (n // 20),
}
SIZE_CHARS = 1_500


def lines_run(action: Callable[[], object]) -> int:
    """How many lines of Python `action` runs."""
    lines = 0

    def trace(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("render", [render_markdown, render_comment])
def test_work_grows_with_the_text(
    render: Callable[[str], object], shape: Callable[[int], str]
) -> None:
    render(shape(40))
    once = lines_run(lambda: render(shape(SIZE_CHARS)))
    twice = lines_run(lambda: render(shape(2 * SIZE_CHARS)))
    assert twice <= 2.3 * once
