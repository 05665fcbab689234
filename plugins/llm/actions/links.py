"""Addresses in a model's answer: only hosts that the text or the settings name may be linked to.

A link or image that a model brought can carry what it read to a stranger's server. Addresses are
found in the text and replaced; then the text is rendered as it would be shown, and an answer in
which a foreign address is still found is refused.
"""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

from blog_core.api import render_markdown
from plugins.llm.calls.errors import BadAnswer

REMOVED = "#link-removed"
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?(?://|\\\\)[^\s<>()\[\]\"'`]+", re.IGNORECASE)
_SCHEME = re.compile(r"\b(?:javascript|data|vbscript|mailto|tel):[^\s<>()\[\]\"'`]*", re.IGNORECASE)
_HOLDERS = frozenset({"href", "src", "srcset", "poster", "cite", "data", "action", "background"})


def hosts_in(text: str) -> frozenset[str]:
    """The hosts of all addresses in a text."""
    found = (_host(one[0]) for one in _ADDRESS.finditer(text))
    return frozenset(host for host in found if host)


def without_foreign_links(text: str, allowed: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """The text with foreign addresses replaced by `#link-removed`, and those addresses.

    Raises `BadAnswer` when one is hidden in a way that only rendering shows.
    """
    hosts = frozenset(allowed)
    removed: list[str] = []

    def checked(found: re.Match[str]) -> str:
        if _host(found[0]) in hosts:
            return found[0]
        removed.append(found[0])
        return REMOVED

    text = _SCHEME.sub(checked, _ADDRESS.sub(checked, text))
    hidden = next((one for one in rendered_addresses(text) if is_foreign(one, hosts)), None)
    if hidden is not None:
        raise BadAnswer("it hides a link to a place that the text does not name")
    return text, tuple(removed)


def is_foreign(address: str, hosts: frozenset[str]) -> bool:
    """Whether an address leads away from this site to a host that is not allowed."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return True
    if not parts.scheme and not parts.netloc:
        return "\\" in address
    return (parts.hostname or "").lower() not in hosts


def rendered_addresses(text: str) -> Iterator[str]:
    """Every address that the text would have on a page."""
    collector = _Addresses()
    collector.feed(render_markdown(text).html)
    collector.close()
    yield from collector.found


def _host(address: str) -> str:
    try:
        return (urlsplit(address.replace("\\", "/")).hostname or "").lower()
    except ValueError:
        return ""


class _Addresses(HTMLParser):
    """Collects the addresses of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element leads to or loads."""
        for name, value in attrs:
            if name == "srcset":
                self.found.extend(part.split()[0] for part in (value or "").split(",") if part)
            elif name in _HOLDERS and value:
                self.found.append(value)
