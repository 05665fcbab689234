"""The blog's own form of a post as a Markdown file: written so that reading gives the same value.

Every text is quoted as JSON quotes it, which YAML reads the same way, so that no word can turn into
a date, a number or a truth value. `format` tells this form from a generator's file.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NoReturn

from blog_core.importing.errors import FrontMatterFault
from blog_core.importing.front_matter import FrontMatter
from blog_core.importing.post import STATUSES, ImportedAuthor, ImportedPost, JsonValue, Status

FORMAT = "blog/1"
_KEYS = frozenset(
    {"format", "title", "slug", "status", "draft", "date", "created", "updated", "authors", "tags",
     "aliases", "excerpt", "image", "comments", "source", "extra"}
)  # fmt: skip
# JSON leaves these as they are; YAML would fold or refuse them.
_ESCAPED_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def write_post(post: ImportedPost) -> str:
    """`post` as the text of a Markdown file: front matter, a blank line, and the body as it is."""
    head = "\n".join(_head(post))
    return f"---\n{head}\n---\n\n{post.body}"


def is_own(front_matter: FrontMatter) -> bool:
    """Whether a file was written by `write_post`."""
    return front_matter.values.get("format") == FORMAT


def read_own(front_matter: FrontMatter, path: str) -> ImportedPost:
    """The post that `write_post` wrote. Raises FrontMatterFault for what it would not write."""
    head = _Head(front_matter.values, path)
    head.refuse_unknown()
    created = head.time("created")
    return ImportedPost(
        source_key=head.text("source") or path,
        title=head.text("title"),
        slug=head.text("slug"),
        body=front_matter.body,
        status=head.status(),
        publish_at=head.time("date") if "date" in front_matter.values else None,
        created_at=created,
        updated_at=head.time("updated"),
        excerpt=head.text("excerpt"),
        authors=tuple(head.authors()),
        tags=head.texts("tags"),
        image=head.text("image") or None,
        comments_open=front_matter.values.get("comments") is not False,
        redirects=head.texts("aliases"),
        extra=head.extra(),
    )


def _head(post: ImportedPost) -> Iterator[str]:
    yield f"format: {FORMAT}"
    yield f"title: {_quoted(post.title)}"
    yield f"slug: {_quoted(post.slug)}"
    yield f"status: {post.status}"
    if post.status == "draft":
        yield "draft: true"
    if post.publish_at is not None:
        yield f"date: {_time(post.publish_at)}"
    yield f"created: {_time(post.created_at)}"
    yield f"updated: {_time(post.updated_at)}"
    yield from _list("authors", [_author(author) for author in post.authors])
    yield from _list("tags", [_quoted(tag) for tag in post.tags])
    yield from _list("aliases", [_quoted(path) for path in post.redirects])
    if post.excerpt:
        yield f"excerpt: {_quoted(post.excerpt)}"
    if post.image is not None:
        yield f"image: {_quoted(post.image)}"
    if not post.comments_open:
        yield "comments: false"
    yield f"source: {_quoted(post.source_key)}"
    if post.extra:
        # Databases keep the keys of a mapping in an order of their own.
        yield f"extra: {_quoted(dict(post.extra), sort_keys=True)}"


def _list(key: str, items: list[str]) -> Iterator[str]:
    if items:
        yield f"{key}:"
        yield from (f"  - {item}" for item in items)


def _author(author: ImportedAuthor) -> str:
    if author.email is None:
        return _quoted(author.name)
    return _quoted({"name": author.name, "email": author.email})


def _quoted(value: JsonValue, *, sort_keys: bool = False) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=sort_keys)
    return _ESCAPED_IN_YAML.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


class _Head:
    """The values of a file of ours, each checked when it is taken."""

    def __init__(self, values: dict[str, JsonValue], path: str) -> None:
        self._values = values
        self._path = path

    def refuse(self, key: str, expected: str) -> NoReturn:
        found = f"{key}: {self._values.get(key, 'nothing')!r}"[:120]
        raise FrontMatterFault(self._path, 1, found=found, expected=expected)

    def refuse_unknown(self) -> None:
        for key in self._values:
            if key not in _KEYS:
                expected = f"only the keys of {FORMAT}; others belong below `extra`"
                self.refuse(key, expected)

    def text(self, key: str) -> str:
        value = self._values.get(key, "")
        return value if isinstance(value, str) else self.refuse(key, "text in quotes")

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._values.get(key, [])
        if not isinstance(value, list):
            self.refuse(key, "a list of texts")
        return tuple(
            item if isinstance(item, str) else self.refuse(key, "texts in quotes") for item in value
        )

    def status(self) -> Status:
        named = self._values.get("status")
        found: Status | None = next((status for status in STATUSES if status == named), None)
        return found or self.refuse("status", f"one of {', '.join(STATUSES)}")

    def time(self, key: str) -> datetime:
        try:
            moment = datetime.fromisoformat(self.text(key))
        except ValueError:
            self.refuse(key, "a time such as 2026-03-01T07:30:00Z")
        if moment.tzinfo is None:
            self.refuse(key, "a time with Z or an offset at its end")
        return moment.astimezone(UTC)

    def authors(self) -> Iterator[ImportedAuthor]:
        value = self._values.get("authors", [])
        for item in value if isinstance(value, list) else [value]:
            match item:
                case str():
                    yield ImportedAuthor(item)
                case {"name": str(name), "email": str(email)}:
                    yield ImportedAuthor(name, email)
                case _:
                    self.refuse("authors", "names, or mappings with name and email")

    def extra(self) -> dict[str, JsonValue]:
        value = self._values.get("extra", {})
        return value if isinstance(value, dict) else self.refuse("extra", "a mapping")
