"""Who wrote a post, what it is about, and which image stands for it."""

import re

from blog_core.content.text import MAX_TAG_CHARS, MAX_TAGS
from blog_core.importing.fields import Fields, key_form, truth_of, words_of
from blog_core.importing.plain_values import text_of
from blog_core.importing.post import ImportedAuthor, JsonValue
from blog_core.importing.source import Source
from blog_core.slugs import slugify

MAX_NAME_CHARS = 100
_ADDRESS = re.compile(r"(?:https?://|[^\s:]*/)\S*|[^\s:]+")
_IMAGE_KEYS = (
    "image", "featuredImage", "featureImage", "cover", "hero", "heroImage", "thumbnail", "banner",
    "images", "ogImage", "teaser",
)  # fmt: skip


def authors_of(fields: Fields) -> tuple[ImportedAuthor, ...]:
    """Everybody named as an author, each once, in the order of the file."""
    authors: dict[str, ImportedAuthor] = {}
    for key, value in fields.find("authors", "author"):
        found = _authors_in(value, is_many=key_form(key) == "authors")
        if found:
            fields.place(key)
        authors.update({author.name.casefold(): author for author in found if author.name})
    if not authors:
        for value in (_taxonomy(fields, "authors"), fields.nested("authors", "author")):
            found = _authors_in(value, is_many=False)
            authors.update({author.name.casefold(): author for author in found})
    return tuple(authors.values())


def _authors_in(value: JsonValue, *, is_many: bool) -> list[ImportedAuthor]:
    """People from a name, a list of names, or mappings with `name` and `email`.

    A single author may have a comma in the name; the text of a key for several is a list.
    """
    if isinstance(value, list):
        return [author for item in value for author in _authors_in(item, is_many=False)]
    if isinstance(value, dict):
        inner = Fields(value)
        name = inner.text("name", "displayName", "fullName", "login", "id")
        return [ImportedAuthor(name[:MAX_NAME_CHARS], inner.text("email") or None)] if name else []
    text = " ".join(text_of(value).split())
    names = re.split(r"\s*[,;]\s*|\s+and\s+|\s+&\s+", text) if is_many else [text]
    return [_author(name) for name in names if name]


def _author(text: str) -> ImportedAuthor:
    """`Ada <ada@example.org>` or just a name."""
    match = re.fullmatch(r"([^<>]+?)\s*<([^<>\s]+@[^<>\s]+)>", text)
    return (
        ImportedAuthor(match[1][:MAX_NAME_CHARS], match[2])
        if match
        else ImportedAuthor(text[:MAX_NAME_CHARS])
    )


def tags_of(fields: Fields, source: Source) -> tuple[str, ...]:
    """Tags, categories and the category folders of Jekyll, each once whatever its case."""
    words: list[str] = []
    for key, value in fields.find("tags", "tag", "categories", "category", "keywords"):
        is_single = key_form(key) in {"category", "keywords"} and not isinstance(value, list)
        found = (
            [text for text in text_of(value).split(",") if text] if is_single else words_of(value)
        )
        if found:
            fields.place(key)
        words += found
    for name in ("tags", "categories"):
        words += words_of(_taxonomy(fields, name))
    words += category_folders(source)
    tags: dict[str, str] = {}
    for word in words:
        tag = " ".join(word.split())[:MAX_TAG_CHARS]
        if slugify(tag):
            tags.setdefault(slugify(tag), tag)
        else:
            source.notes.append(f"the tag {tag!r} has no letter or digit: left out")
    if len(tags) > MAX_TAGS:
        source.notes.append(f"{len(tags)} tags: only the first {MAX_TAGS} were taken")
    return tuple(tags.values())[:MAX_TAGS]


def _taxonomy(fields: Fields, name: str) -> JsonValue:
    for key, value in fields.find("taxonomies"):
        if isinstance(value, dict):
            if {key_form(inner) for inner in value} <= {"tags", "categories", "authors"}:
                fields.place(key)
            return next((found for _, found in Fields(value).find(name)), None)
    return None


def category_folders(source: Source) -> list[str]:
    """Jekyll takes the folders above `_posts` as categories."""
    parts = source.path.split("/")
    return parts[: parts.index("_posts")] if "_posts" in parts else []


def image_of(fields: Fields, source: Source) -> str | None:
    """The address of the image that stands for the post."""
    for key, value in list(fields.find(*_IMAGE_KEYS)):
        found = _image_in(value)
        if found and not _ADDRESS.fullmatch(found):
            source.notes.append(
                f"{key}: {found[:80]!r} is no address of an image; left in the extras"
            )
        elif found:
            if not isinstance(value, dict):
                fields.place(key)
            return found
    nested = _image_in(fields.nested(*_IMAGE_KEYS))
    return nested if _ADDRESS.fullmatch(nested) else None


def _image_in(value: JsonValue) -> str:
    if isinstance(value, list):
        return _image_in(value[0]) if value else ""
    if isinstance(value, dict):
        return Fields(value).text("image", "src", "path", "url", "file", "feature", "teaser")
    text = text_of(value).strip()
    return "" if truth_of(value) is not None or len(text) > 1024 else text
