"""Small pieces of Markdown, and of HTML for places where Markdown is not read."""

import re
from html import escape

_RUN_OF_TICKS = re.compile(r"`{3,}")


def image(src: str, alt: str, *, caption: str = "", link: str = "", in_html: bool = False) -> str:
    """An image. Its caption is the title, which alone in a paragraph is shown below the image; a
    linked image is never alone and gets a line for it."""
    if in_html:
        return _html_image(src, alt, caption, link)
    if link:
        below = f"\n\n*{_escaped(caption, '*')}*" if caption else ""
        return f"[![{_escaped(alt, '[]')}]({_address(src)})]({_address(link)}){below}"
    title = f' "{_escaped(caption, chr(34))}"' if caption else ""
    return f"![{_escaped(alt, '[]')}]({_address(src)}{title})"


def link(address: str, text: str, *, in_html: bool = False) -> str:
    """A link with its text."""
    if in_html:
        return f'<a href="{escape(address)}">{escape(text, quote=False)}</a>'
    return f"[{_escaped(text, '[]')}]({_address(address)})"


def fence(code: str, language: str = "") -> str:
    """A fenced code block, its fence longer than any in the code."""
    longest = max((len(run) for run in _RUN_OF_TICKS.findall(code)), default=2)
    marks = "`" * (longest + 1)
    body = code.strip("\r\n")
    return f"{marks}{language}\n{body}\n{marks}"


def quote(text: str, heading: str = "") -> str:
    """A block quote, or a note box when `heading` is one of the alerts such as `[!NOTE]`."""
    lines = [*([heading] if heading else []), *text.strip().splitlines()]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _html_image(src: str, alt: str, caption: str, link_to: str) -> str:
    shown = f'<img src="{escape(src)}" alt="{escape(alt)}">'
    if link_to:
        shown = f'<a href="{escape(link_to)}">{shown}</a>'
    return f"{shown} {escape(caption, quote=False)}" if caption else shown


def _escaped(text: str, characters: str) -> str:
    """`text` on one line, with a backslash before each of `characters`."""
    line = " ".join(text.split())
    return re.sub(f"([{re.escape(characters)}])", r"\\\1", line)


def _address(address: str) -> str:
    if re.search(r"[\s()<>]", address):
        return "<" + re.sub(r"[<>]", lambda m: f"%{ord(m[0]):02X}", address) + ">"
    return address
