"""One file of an archive, ready to be interpreted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import PurePosixPath

from blog_core.importing.dialect import Habits
from blog_core.importing.post import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file to be interpreted: where it lies, what stands in it, and what the archive is like.

    `path` is relative to the archive, with forward slashes; `modified_at` serves files that name
    no date at all.
    """

    path: str
    values: Mapping[str, JsonValue]
    body: str
    modified_at: datetime
    habits: Habits
    zone: tzinfo
    now: datetime
    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What names the post: the file, or its folder when the file is only called `index`."""
        path = PurePosixPath(self.path)
        stem, dot, language = path.stem.partition(".")
        if stem.lower() == "index" and len(path.parts) > 1:
            return path.parent.name + dot + language
        return path.stem

    @property
    def folder(self) -> str:
        """Where the post lies below the archive's content, as its old address had it."""
        path = PurePosixPath(self.path)
        parts = path.parent.parts[:-1] if path.stem.lower() == "index" else path.parent.parts
        if parts and parts[0] == self.habits.content_folder:
            parts = parts[1:]
        return "/".join(part for part in parts if not part.startswith("_"))
