"""Size limits that are checked before any parser sees a text."""

from blog_core.errors import TooLarge

MAX_TEXT_BYTES = 1_000_000
MAX_COMMENT_BYTES = 20_000
# Markup and coloured code make HTML several times as long as its Markdown.
MAX_HTML_BYTES = 8_000_000


def refuse_over(max_bytes: int, text: str, *, what: str) -> None:
    """Raise `TooLarge`, naming `what`, when `text` needs more than `max_bytes` as UTF-8."""
    size_bytes = len(text.encode("utf-8", "surrogatepass"))
    if size_bytes > max_bytes:
        raise TooLarge(what, size_bytes=size_bytes, max_bytes=max_bytes)
