"""What an editor typed into the form of a post, exactly as it came, and what it stands for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from blog_core.admin.params import whole_number
from blog_core.content.text import PostText

TEXT_FIELDS = ("title", "body", "excerpt", "image", "tags")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The fields of the form. They go back into it unchanged when something is wrong.

    `version` is the post's version that the editor saw, `base_revision` the revision the text was
    begun from, `copy_version` that of the working copy that keeps it; `merge_base` is, after a
    conflict, the revision that both texts were begun from. 0 stands for none. `form_key` names the
    form of a new post, so that sending it twice makes one.
    """

    title: str = ""
    body: str = ""
    excerpt: str = ""
    image: str = ""
    tags: str = ""
    slug: str = ""
    slug_seen: str = ""
    note: str = ""
    publish_at: str = ""
    publish_at_fold: str = ""
    version: int = 0
    base_revision: int = 0
    copy_version: int = 0
    merge_base: int = 0
    form_key: str = ""

    @classmethod
    def of_form(cls, form: Mapping[str, str]) -> Self:
        """From a sent form. Browsers send CR LF for the line ends they show."""
        values: dict[str, Any] = {name: form.get(name, "").replace("\r\n", "\n") for name in _TEXTS}
        values |= {name: whole_number(form.get(name, "")) for name in _NUMBERS}
        return cls(**values)

    @classmethod
    def of_revision(cls, row: Mapping[Any, Any], **more: Any) -> Self:
        """From the columns of a revision or working copy."""
        return cls(
            title=row["title"],
            body=row["body"],
            excerpt=row["excerpt"] or "",
            image=row["image"] or "",
            tags=tags_line(row["tags"]),
            **more,
        )

    @property
    def text(self) -> PostText:
        """The text to save."""
        return PostText(
            title=self.title,
            body=self.body,
            excerpt=self.excerpt or None,
            image=self.image or None,
            tags=tags_of(self.tags),
        )

    @property
    def new_slug(self) -> str | None:
        """The slug, if another one was typed."""
        return self.slug if self.slug.strip() and self.slug != self.slug_seen else None


_TEXTS = (*TEXT_FIELDS, "slug", "slug_seen", "note", "publish_at", "publish_at_fold", "form_key")
_NUMBERS = ("version", "base_revision", "copy_version", "merge_base")


def tags_line(names: Iterable[str]) -> str:
    """Tag names as they stand in the form: between commas, or one per line if one has a comma."""
    names = tuple(names)
    if any("," in name for name in names):
        return "".join(f"{name}\n" for name in names)
    return ", ".join(names)


def tags_of(line: str) -> tuple[str, ...]:
    """The tag names of such a line."""
    parts = line.split("\n") if "\n" in line else line.split(",")
    return tuple(part.strip() for part in parts if part.strip())
