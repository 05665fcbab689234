"""Titles and excerpts as plain text, and a title for a post that brings none."""

import html
import re

_INLINE_TAGS = re.compile(
    r"</?(?:a|abbr|b|br|cite|code|del|em|i|ins|kbd|mark|p|q|s|small|span|strong|sub|sup|u)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_STRONG = re.compile(r"(?<![\w*])\*\*(?=\S)([^*]+?)(?<=\S)\*\*(?![\w*])")
_EMPHASIS = re.compile(r"(?<![\w*_\\])([*_])(?=[^\s*_])([^*_]+?)(?<=[^\s*_])\1(?![\w*_])")
_HEADING = re.compile(r"\s*#\s+(?P<atx>[^\n]*?)\s*#*[ \t]*(?:\r?\n|\Z)")
_UNDERLINED = re.compile(r"\s*(?P<setext>[^\s#>*`\-+|<{][^\n]*)\r?\n=+[ \t]*(?:\r?\n|\Z)")


def plain_text(markup: str) -> str:
    """Text without inline HTML, Markdown emphasis, links and entities, on one line."""
    text = _INLINE_TAGS.sub("", markup)
    text = _LINK.sub(r"\1", text)
    text = _CODE.sub(r"\2", text)
    text = _EMPHASIS.sub(r"\2", _STRONG.sub(r"\1", text))
    return " ".join(html.unescape(text).split())


def title_from_body(body: str) -> tuple[str, str] | None:
    """The heading of level one that begins a body, and the body after it; else None."""
    match = _HEADING.match(body) or _UNDERLINED.match(body)
    if match is None:
        return None
    title = plain_text(match[1])
    return (title, body[match.end() :].lstrip("\r\n")) if title else None


def title_from_name(name: str) -> str:
    """A readable title from a file name: `why_simplicity-wins` becomes `Why simplicity wins`."""
    words = " ".join(re.split(r"[-_\s]+", name)).strip()
    return words[:1].upper() + words[1:]
