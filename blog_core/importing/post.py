"""What one file of an archive says, in the blog's own terms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeAlias

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
Status: TypeAlias = Literal["draft", "published", "hidden", "archived"]

STATUSES: tuple[Status, ...] = ("draft", "published", "hidden", "archived")


@dataclass(frozen=True, slots=True)
class ImportedAuthor:
    """A person as an archive names them: a full name, or only a key such as `ada-l`."""

    name: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class ImageReference:
    """An image of the archive itself that a post shows: its address as written, and its file.

    `file` is None when no such file lies in the archive.
    """

    target: str
    file: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPost:
    """A post as read from a file. All times are aware and in UTC.

    `source_key` is the file's path inside its archive and says at the next import which post is
    meant. `redirects` are the paths that led to the post before. `extra` holds every piece of
    front matter that has no place of its own, so that nothing is lost.
    """

    source_key: str
    title: str
    slug: str
    body: str
    status: Status
    created_at: datetime
    updated_at: datetime
    publish_at: datetime | None = None
    excerpt: str = ""
    authors: tuple[ImportedAuthor, ...] = ()
    tags: tuple[str, ...] = ()
    image: str | None = None
    comments_open: bool = True
    redirects: tuple[str, ...] = ()
    extra: Mapping[str, JsonValue] = field(default_factory=dict)
    # Where the pictures lie on this disk is no part of what the post says.
    images: tuple[ImageReference, ...] = field(default=(), compare=False)
