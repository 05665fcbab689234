"""Code blocks: Pygments with class names, so that the theme's CSS colours both modes."""

import re
from functools import cache
from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_all_lexers, get_lexer_by_name

# Some lexers are slower than linear; a block above this is shown plain.
MAX_HIGHLIGHT_CHARS = 20_000
# A line that may not fit a phone: the block can then be scrolled with the keyboard.
_LONG_LINE_CHARS = 36
_FORMATTER = HtmlFormatter(nowrap=True)
_LANGUAGE = re.compile(r"[\w+#.-]+", re.ASCII)


@cache
def _known_languages() -> frozenset[str]:
    """Every alias of Pygments' own lexers; lexers of other packages are not searched for."""
    return frozenset(
        alias for _, aliases, _, _ in get_all_lexers(plugins=False) for alias in aliases
    )


def language_of(info: str) -> str:
    """The language named first in a fence's info string, in lower case, or ''."""
    named = _LANGUAGE.search(info)
    return named[0].lower() if named else ""


def code_html(code: str, language: str = "") -> str:
    """`code` as a `<pre>` block, coloured when Pygments knows `language`."""
    opening = f"<pre{_pre_attributes(code, language)}><code{_class(language)}>"
    return f"{opening}{_body(code, language)}</code></pre>\n"


def _pre_attributes(code: str, language: str) -> str:
    lang = f' data-lang="{escape(language)}"' if language else ""
    long = any(len(line) > _LONG_LINE_CHARS for line in code.splitlines())
    return lang + (' tabindex="0"' if long else "")


def _class(language: str) -> str:
    return f' class="language-{escape(language)}"' if language else ""


def _body(code: str, language: str) -> str:
    if len(code) > MAX_HIGHLIGHT_CHARS or language not in _known_languages():
        return escape(code, quote=False)
    lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    return highlight(code, lexer, _FORMATTER)
