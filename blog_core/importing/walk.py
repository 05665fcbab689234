"""The Markdown files of an archive that are posts, found without ever leaving its folder."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from blog_core.importing.dialect import Habits
from blog_core.importing.errors import FileFault, NoArchive
from blog_core.importing.report import Skipped

# A link put in place of a file, or a pipe that nobody fills, must not be opened or waited for.
_READING = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_ENDINGS = frozenset({".md", ".markdown", ".mdown", ".mkd", ".mkdn"})
_POST_FOLDERS = frozenset({"_posts", "_drafts"})
_OTHER_FOLDERS = frozenset({"node_modules", "vendor", "themes", "resources", "bower_components"})
_NO_POSTS = frozenset(
    {"readme", "license", "licence", "changelog", "contributing", "code_of_conduct", "security"}
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may hold. Twice the size of a text leaves room for wide encodings."""

    max_files: int = 200_000
    max_depth: int = 32
    max_file_bytes: int = 4_000_000


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """Paths relative to the archive, sorted, and what was passed over."""

    posts: tuple[str, ...]
    skipped: tuple[Skipped, ...]


def find_files(root: Path, habits: Habits, limits: Limits) -> FoundFiles:
    """Every post below `root`. Symbolic links are reported and not followed. Raises NoArchive."""
    if not root.is_dir():
        raise NoArchive(root, "a file" if root.exists() else "nothing")
    strange: list[Skipped] = []
    start = root / habits.content_folder
    found = sorted(_walk(start, habits.content_folder, limits.max_depth, strange))
    if len(found) > limits.max_files:
        raise FileFault(str(root), f"it holds more than {limits.max_files:,} Markdown files")
    layout = _Layout.of(found)
    reasons = {path: _reason_to_skip(PurePosixPath(path), layout, habits) for path in found}
    skipped = [Skipped(path, reason) for path, reason in reasons.items() if reason]
    return FoundFiles(tuple(path for path in found if not reasons[path]), (*strange, *skipped))


def read_file(root: Path, path: str, limits: Limits) -> tuple[bytes, datetime]:
    """The bytes of a plain file and when it was changed. Raises FileFault."""
    try:
        descriptor = os.open(root / path, _READING)
    except OSError as error:
        raise FileFault(path, f"{error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise FileFault(path, "it is no plain file")
        data = file.read(limits.max_file_bytes + 1)
    if len(data) > limits.max_file_bytes:
        raise FileFault(path, f"it has more than {limits.max_file_bytes:,} bytes")
    return data, datetime.fromtimestamp(facts.st_mtime, UTC).replace(microsecond=0)


def _walk(folder: Path, relative: str, depth: int, strange: list[Skipped]) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            path = f"{relative}/{entry.name}" if relative else entry.name
            if entry.is_symlink():
                strange.append(Skipped(_shown(path), "a symbolic link"))
            elif entry.is_dir():
                if _may_hold_posts(entry.name) and depth > 0:
                    yield from _walk(folder / entry.name, path, depth - 1, strange)
            elif Path(entry.name).suffix.lower() in _ENDINGS:
                if _shown(path) == path:
                    yield path
                else:
                    strange.append(Skipped(_shown(path), "its name is no UTF-8"))


def _may_hold_posts(name: str) -> bool:
    return name in _POST_FOLDERS or not (name.startswith((".", "_")) or name in _OTHER_FOLDERS)


def _shown(path: str) -> str:
    return path.encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which folders are one page with its files, and which hold other files than an index."""

    page_folders: frozenset[str]
    other_folders: frozenset[str]

    @classmethod
    def of(cls, paths: Iterable[str]) -> "_Layout":
        pages: set[str] = set()
        others: set[str] = set()
        for path in map(PurePosixPath, paths):
            if path.name.lower() == "index.md":
                pages.add(str(path.parent))
            else:
                others.update(map(str, path.parents))
        return cls(frozenset(pages), frozenset(others))


def _reason_to_skip(path: PurePosixPath, layout: _Layout, habits: Habits) -> str:
    """Why a Markdown file is no post; empty if it is one."""
    stem = path.stem.lower()
    if habits.only_post_folders and not _POST_FOLDERS & set(path.parts):
        return "a page outside _posts and _drafts"
    if stem.startswith("_index"):
        return "the page of a section"
    if stem in _NO_POSTS:
        return "a note about the archive"
    if stem == "index":
        return _reason_for_index(path, layout, habits)
    folders = {str(parent) for parent in path.parents} - {".", habits.content_folder}
    if habits.has_path_addresses and folders & layout.page_folders:
        return "part of the page in its folder's index.md"
    return ""


def _reason_for_index(path: PurePosixPath, layout: _Layout, habits: Habits) -> str:
    if len(path.parts) == 1 or str(path.parent) == habits.content_folder:
        return "the home page"
    if habits.has_path_addresses:
        return ""
    return "an index of other files" if str(path.parent) in layout.other_folders else ""
