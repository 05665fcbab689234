"""Code blocks: Pygments with class names, so that the theme's CSS colours both modes."""

import re
from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from blog_core.rendering.languages import LANGUAGES

# Lexers take the square of a hostile block's length, so blocks are bounded, and their sum too.
MAX_BLOCK_CHARS = 6_000
MAX_COLOURED_CHARS = 50_000
# No program has so many words without a mark between them, nor so wide a gap; lexers trip on both.
_MAX_PLAIN_WORDS = 120
_MAX_GAP_CHARS = 200
# A line that may not fit a phone: the block can then be scrolled with the keyboard.
_LONG_LINE_CHARS = 36

_FORMATTER = HtmlFormatter(nowrap=True)
_LANGUAGE = re.compile(r"[\w+#.-]+", re.ASCII)
_MARKS = re.compile(r"[^\w\s]+")
_GAP = re.compile(r"\s+")


def language_of(info: str) -> str:
    """The language named first in a fence's info string, in lower case, or ''."""
    named = _LANGUAGE.search(info)
    return named[0].lower() if named else ""


def can_colour(code: str, language: str) -> bool:
    """Whether `language` is known and `code` is short enough and shaped like a program."""
    if language not in LANGUAGES or len(code) > MAX_BLOCK_CHARS:
        return False
    plain_words = max(len(part.split()) for part in _MARKS.split(code))
    gap = max(map(len, _GAP.findall(code)), default=0)
    return plain_words <= _MAX_PLAIN_WORDS and gap <= _MAX_GAP_CHARS


def code_html(code: str, language: str = "", *, coloured: bool = False) -> str:
    """`code` as a `<pre>` block, `coloured` or plain."""
    body = _coloured(code, language) if coloured else escape(code, quote=False)
    name = escape(language)
    lang = f' data-lang="{name}"' if name else ""
    long = any(len(line) > _LONG_LINE_CHARS for line in code.splitlines())
    scrolled = ' tabindex="0"' if long else ""
    named = f' class="language-{name}"' if name else ""
    return f"<pre{lang}{scrolled}><code{named}>{body}</code></pre>\n"


def _coloured(code: str, language: str) -> str:
    return highlight(code, get_lexer_by_name(language, stripnl=False, ensurenl=False), _FORMATTER)
