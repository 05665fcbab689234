"""Footnotes: numbers in the text, notes at its end, links both ways in any language."""

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_ref

from blog_core.rendering.sanitiser import ID_PREFIX

# The plugin looks for the end of a label up to the end of the text, which takes quadratic time.
_LABEL = re.compile(r"\[\^[^\s\]]{1,100}\]")


def footnotes(md: MarkdownIt) -> None:
    """Teach `md` the `[^1]` and `^[inline]` forms."""
    footnote_plugin(md)
    md.inline.ruler.at("footnote_ref", _bounded_reference)
    md.add_render_rule("footnote_ref", _reference)
    md.add_render_rule("footnote_block_open", _block_open)
    md.add_render_rule("footnote_open", _open)
    md.add_render_rule("footnote_anchor", _back)


def _bounded_reference(state: StateInline, silent: bool) -> bool:
    labelled = _LABEL.match(state.src, state.pos, state.posMax) is not None
    return labelled and footnote_ref(state, silent)


def _number(token: Token) -> int:
    return int(token.meta["id"]) + 1


def _reference_id(token: Token) -> str:
    """The id of one reference; a note may be referred to several times."""
    repeat = int(token.meta.get("subId") or 0)
    return f"{ID_PREFIX}ref-{_number(token)}" + (f"-{repeat + 1}" if repeat else "")


def _reference(
    _: RendererProtocol, tokens: Sequence[Token], i: int, _options: OptionsDict, _env: EnvType
) -> str:
    number = _number(tokens[i])
    return (
        f'<sup class="footnote-ref" id="{_reference_id(tokens[i])}">'
        f'<a href="#{ID_PREFIX}note-{number}" role="doc-noteref">{number}</a></sup>'
    )


def _block_open(*_: Any) -> str:  # Any: the renderer's arguments are not looked at
    return '<section class="footnotes" role="doc-endnotes">\n<ol>\n'


def _open(
    _: RendererProtocol, tokens: Sequence[Token], i: int, _options: OptionsDict, _env: EnvType
) -> str:
    return f'<li id="{ID_PREFIX}note-{_number(tokens[i])}">'


def _back(
    _: RendererProtocol, tokens: Sequence[Token], i: int, _options: OptionsDict, _env: EnvType
) -> str:
    number = _number(tokens[i])
    return (
        f' <a href="#{_reference_id(tokens[i])}" class="footnote-backref" role="doc-backlink"'
        f' aria-label="↩ {number}">↩\ufe0e</a>'
    )
