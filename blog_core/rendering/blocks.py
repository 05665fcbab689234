"""How blocks become HTML: code, tables, task lists, figures and embedded frames."""

import re
from collections.abc import Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML, RendererProtocol
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from blog_core.rendering.highlight import (
    MAX_COLOURED_CHARS,
    can_colour,
    code_html,
    language_of,
)
from blog_core.rendering.pictures import PICTURES, in_picture, measured
from blog_core.rendering.plain_text import inline_text
from blog_core.rendering.template_tags import TEMPLATE_TAG

_COLOURED_CHARS = "coloured_chars"
_FRAME = re.compile(r"<iframe\b([^<>]*)>", re.IGNORECASE)
_FRAME_END = re.compile(r"</iframe\s*>", re.IGNORECASE)
_SRC = re.compile(r"""\bsrc\s*=\s*["']?([^\s"'<>]+)""", re.IGNORECASE)
_TITLE = re.compile(r"""\btitle\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')""", re.IGNORECASE)


def blocks(md: MarkdownIt) -> None:
    """Teach `md` how the theme wants its blocks."""
    plain_code(md)
    md.core.ruler.push("figures", _figures)
    md.core.ruler.push("frames", _frames)
    md.add_render_rule("fence", _fence)
    md.add_render_rule("table_open", _table_open)
    md.add_render_rule("table_close", _table_close)
    md.core.ruler.push("empty_headers", _empty_headers)
    md.add_render_rule("th_open", _cell_open)
    md.add_render_rule("td_open", _cell_open)
    md.add_render_rule("list_item_open", _item_open)
    md.add_render_rule("image", _image)
    md.add_render_rule(TEMPLATE_TAG, _template_tag)


def plain_code(md: MarkdownIt) -> None:
    """Teach `md` code blocks that the keyboard can scroll, without colours."""
    md.add_render_rule("fence", _code_block)
    md.add_render_rule("code_block", _code_block)


# --- rewriting the tree ------------------------------------------------------------------------


def _figures(state: StateCore) -> None:
    """An image with a title, alone in its paragraph, is a figure and the title its caption."""
    for opening, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if opening.type == "paragraph_open" and not opening.hidden and _is_captioned(inline):
            opening.tag = "figure"
            _caption(inline)
    for inline, closing in zip(state.tokens, state.tokens[1:], strict=False):
        if inline.type == "inline" and inline.meta.get("figure"):
            closing.tag = "figure"


def _is_captioned(inline: Token) -> bool:
    children = inline.children or []
    return len(children) == 1 and children[0].type == "image" and bool(children[0].attrGet("title"))


def _caption(inline: Token) -> None:
    image = (inline.children or [])[0]
    text = Token("text", "", 0, content=str(image.attrs.pop("title")))
    opening, closing = (
        Token("caption_open", "figcaption", 1),
        Token("caption_close", "figcaption", -1),
    )
    inline.children = [image, opening, text, closing]
    inline.meta = {"figure": True}


def _empty_headers(state: StateCore) -> None:
    """A header cell without a text names nothing: it is an ordinary cell."""
    for opening, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if opening.type == "th_open" and not inline.content:
            opening.tag = "td"
    for inline, closing in zip(state.tokens, state.tokens[1:], strict=False):
        if closing.type == "th_close" and not inline.content:
            closing.tag = "td"


def _frames(state: StateCore) -> None:
    """A frame of another site becomes a link to it: nothing of the text is lost in silence."""
    for token in state.tokens:
        if token.type == "html_block":
            token.content = _unframed(token.content)
        for child in token.children or ():
            if child.type == "html_inline":
                child.content = _unframed(child.content)


def _unframed(raw: str) -> str:
    return _FRAME_END.sub("</a>", _FRAME.sub(_frame_link, raw))


def _frame_link(frame: re.Match[str]) -> str:
    src, title = _SRC.search(frame[1]), _TITLE.search(frame[1])
    if src is None:
        return "<a>"
    label = title and (title[1] or title[2])
    return f'<a href="{src[1]}">{label or src[1]}'


# --- rendering it --------------------------------------------------------------------------------


def _fence(
    _: RendererProtocol, tokens: Sequence[Token], i: int, _options: OptionsDict, env: EnvType
) -> str:
    """Coloured, until the text has had its share of the lexers' time."""
    code, language = tokens[i].content, language_of(tokens[i].info)
    used = env.get(_COLOURED_CHARS, 0) + len(code)
    coloured = used <= MAX_COLOURED_CHARS and can_colour(code, language)
    if coloured:
        env[_COLOURED_CHARS] = used
    return code_html(code, language, coloured=coloured)


def _code_block(
    _: RendererProtocol, tokens: Sequence[Token], i: int, _options: OptionsDict, _env: EnvType
) -> str:
    return code_html(tokens[i].content)


def _table_open(
    _: RendererProtocol, tokens: Sequence[Token], i: int, _options: OptionsDict, _env: EnvType
) -> str:
    """A wide table scrolls inside a group that the keyboard reaches, named by its header row."""
    label = escape(", ".join(text for text in _header_row(tokens, i) if text))
    named = f' aria-label="{label}"' if label else ""
    return f'<div class="table-scroll" role="group" tabindex="0"{named}>\n<table>\n'


def _header_row(tokens: Sequence[Token], start: int) -> list[str]:
    end = start
    while tokens[end].type != "thead_close":
        end += 1
    return [inline_text(token) for token in tokens[start:end] if token.type == "inline"]


def _table_close(
    _: RendererProtocol, _tokens: Sequence[Token], _i: int, _options: OptionsDict, _env: EnvType
) -> str:
    return "</table>\n</div>\n"


def _cell_open(
    _: RendererProtocol, tokens: Sequence[Token], i: int, _options: OptionsDict, _env: EnvType
) -> str:
    style = str(tokens[i].attrs.get("style", ""))
    aligned = f' class="cell-{style.removeprefix("text-align:")}"' if style else ""
    return f"<{tokens[i].tag}{aligned}>"


def _item_open(
    _: RendererProtocol, tokens: Sequence[Token], i: int, _options: OptionsDict, _env: EnvType
) -> str:
    """A task is marked by a character, so that feeds and plain readers show it too."""
    if "checked" not in tokens[i].meta:
        return "<li>"
    mark, label = ("☑", "done") if tokens[i].meta["checked"] else ("☐", "to do")
    return (
        f'<li class="task"><span class="task-mark" role="img" aria-label="{label}">{mark}</span> '
    )


def _image(
    _: RendererProtocol, tokens: Sequence[Token], i: int, _options: OptionsDict, env: EnvType
) -> str:
    image = tokens[i]
    picture = measured(image, env.get(PICTURES, {}))
    image.attrSet("alt", inline_text(image))
    image.attrSet("decoding", "async")
    return in_picture(f"<img{RendererHTML.renderAttrs(image)}>", picture)


def _template_tag(
    _: RendererProtocol, tokens: Sequence[Token], i: int, _options: OptionsDict, _env: EnvType
) -> str:
    return escape(tokens[i].content, quote=False)
