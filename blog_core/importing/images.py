"""The images that a post shows, and their files in the archive."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from blog_core.importing.dialect import Dialect
from blog_core.importing.post import ImageReference
from blog_core.importing.template_scan import Kind, pieces_of

# Where generators keep the files that a site's root-relative addresses mean.
_STATIC_FOLDERS = ("", "static", "public", "content", "assets", "src", "source", "docs")
_IMAGE_ADDRESSES = (
    re.compile(r"!\[[^\]\n]*(?:\n[^\]\n]+)*\]\(\s*(?:<([^<>\n]+)>|([^\s()<>]+))"),
    re.compile(r"""<img\b[^<>]*?\bsrc\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')""", re.IGNORECASE),
    re.compile(
        r"^ {0,3}\[[^\]\n]+\]:\s*<?([^\s<>]+\.(?:png|jpe?g|gif|webp|avif|svg))>?",
        re.IGNORECASE | re.MULTILINE,
    ),
)
# An image may also be what a link leads to.
_ALL_ADDRESSES = re.compile(
    r"""(?P<before>\]\(\s*<?|\b(?:src|href)\s*=\s*["']|^[ ]{0,3}\[[^\]\n]+\]:\s*<?)"""
    r"""(?P<address>[^\s()<>"']+)""",
    re.IGNORECASE | re.MULTILINE,
)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.IGNORECASE)


def image_references(
    body: str, lead: str | None, *, root: Path, folder: PurePosixPath
) -> tuple[ImageReference, ...]:
    """Every image of the archive's own in `body` and `lead`, once, in order of appearance.

    `folder` is where the post lies below `root`. Addresses of other sites are none of ours.
    """
    targets = dict.fromkeys([*([lead] if lead else []), *_targets(body)])
    return tuple(
        ImageReference(target, find_image(target, root=root, folder=folder))
        for target in targets
        if target and not _ELSEWHERE.match(target)
    )


def find_image(target: str, *, root: Path, folder: PurePosixPath) -> Path | None:
    """The file that an address means, if it lies inside `root` and on no symbolic link."""
    path = unquote(re.split(r"[?#]", target)[0])
    if not path or "\\" in path or "\x00" in path:
        return None
    if path.startswith("/"):
        places = [f"{base}/{path.lstrip('/')}" for base in _STATIC_FOLDERS]
    else:
        places = [f"{folder}/{path}", *(f"{base}/{path}" for base in _STATIC_FOLDERS)]
    candidates = (_inside(root, place) for place in places)
    return next((file for file in candidates if file is not None), None)


def with_addresses(body: str, new: Mapping[str, str]) -> str:
    """`body` with other addresses for its images, in code nowhere."""

    def exchanged(match: re.Match[str]) -> str:
        address = new.get(unescape(match["address"]))
        return f"{match['before']}{address}" if address else match[0]

    if not new:
        return body
    return "".join(
        part.whole if part.kind is Kind.CODE else _ALL_ADDRESSES.sub(exchanged, part.whole)
        for part in pieces_of(body, Dialect.PLAIN)
    )


def _targets(body: str) -> Iterator[str]:
    text = body
    if "`" in body or "~~~" in body or "<s" in body:
        parts = pieces_of(body, Dialect.PLAIN)
        text = "".join(part.whole for part in parts if part.kind is not Kind.CODE)
    found: list[tuple[int, str]] = []
    for pattern in _IMAGE_ADDRESSES:
        for match in pattern.finditer(text):
            address = next((group for group in match.groups() if group), "")
            found.append((match.start(), unescape(address)))
    return (address for _, address in sorted(found))


def _inside(root: Path, place: str) -> Path | None:
    """A plain file at `place` below `root`, reached without leaving it, else None."""
    parts: list[str] = []
    for part in place.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    path = root
    for part in parts:
        path /= part
        if path.is_symlink():
            return None
    return path if parts and _is_file(path) else None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
