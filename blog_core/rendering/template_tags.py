"""Template tags of other generators, `{{ … }}` and `{% … %}`, kept as the text they are.

Without this rule Markdown would read the stars, underscores and quotes inside them as markup.
"""

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

TEMPLATE_TAG = "template_tag"
# A bound keeps a text full of unclosed braces linear.
_MAX_TAG_CHARS = 1_000
_CLOSERS = {"{{": "}}", "{%": "%}"}


def template_tags(md: MarkdownIt) -> None:
    """Teach `md` to pass template tags through untouched."""
    md.inline.ruler.before("escape", TEMPLATE_TAG, _match)


def _match(state: StateInline, silent: bool) -> bool:
    closer = _CLOSERS.get(state.src[state.pos : state.pos + 2])
    if closer is None:
        return False
    limit = min(state.posMax, state.pos + _MAX_TAG_CHARS)
    end = state.src.find(closer, state.pos + 2, limit)
    if end < 0:
        return False
    if not silent:
        state.push(TEMPLATE_TAG, "", 0).content = state.src[state.pos : end + 2]
    state.pos = end + 2
    return True
