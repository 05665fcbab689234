"""Posts written as a folder of Markdown files, all of it or nothing."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import mkdtemp

from blog_core.importing.errors import ExportTargetTaken
from blog_core.importing.own_format import write_post
from blog_core.importing.post import ImportedPost
from blog_core.slugs import slugify

DRAFTS = "drafts"
_MAX_NAME_CHARS = 120


def export_posts(
    posts: Iterable[ImportedPost],
    folder: Path,
    *,
    write_more: Callable[[Path], None] = lambda _folder: None,
    on_progress: Callable[[int], None] = lambda _count: None,
) -> int:
    """Write `posts` into `folder`, which must be new or empty, and return how many there were.

    The files are written beside it and moved into place at the end, so that an interrupted export
    leaves no half of one. `write_more` may add files (images) before that. Raises
    ExportTargetTaken.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportTargetTaken(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        count = _write_all(posts, workshop, on_progress)
        write_more(workshop)
        workshop.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        workshop.rename(folder)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return count


def file_name(post: ImportedPost, is_taken: Callable[[str], bool] = lambda _name: False) -> str:
    """`2026-03-01-slug.md`, a draft below `drafts/`. The slug that counts stands inside the file.

    `is_taken` is asked with names in small letters, since some file systems know no others.
    """
    day = post.publish_at or post.created_at
    stem = f"{day:%Y-%m-%d}-{slugify(post.slug, max_chars=_MAX_NAME_CHARS) or 'post'}"
    folder = f"{DRAFTS}/" if post.status == "draft" else ""
    name, number = f"{folder}{stem}.md", 2
    while is_taken(name.casefold()):
        name, number = f"{folder}{stem}-{number}.md", number + 1
    return name


def _write_all(
    posts: Iterable[ImportedPost], folder: Path, on_progress: Callable[[int], None]
) -> int:
    names: set[str] = set()
    for post in posts:
        name = file_name(post, names.__contains__)
        names.add(name.casefold())
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(write_post(post).encode("utf-8"))
        on_progress(len(names))
    return len(names)
