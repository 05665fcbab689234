"""The text of a post as it is written: what a revision holds, checked and with a digest."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from blog_core.errors import FieldError, ValidationError
from blog_core.rendering import MAX_TEXT_BYTES, legal_text
from blog_core.rendering.limits import refuse_over
from blog_core.slugs import tag_slug
from blog_core.validation import Faults

MAX_TITLE_CHARS = 255
MAX_EXCERPT_CHARS = 2_000
MAX_IMAGE_CHARS = 1_024
MAX_TAGS = 50
MAX_TAG_CHARS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PostText:
    """A title and a Markdown body, with an excerpt, a leading image and tag names if given."""

    title: str
    body: str = ""
    excerpt: str | None = None
    image: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The same for equal texts, in every process."""
        parts = [self.title, self.body, self.excerpt, self.image, list(self.tags)]
        canonical = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
        return blake2b(canonical.encode("utf-8", "surrogatepass"), digest_size=32).hexdigest()


def checked(text: PostText, *, is_draft: bool = False) -> PostText:
    """`text` cleaned, or `ValidationError` with all its faults; `TooLarge` before any other work.

    A draft (a working copy) may still lack its title. The body is kept as it was typed, except for
    characters that no document can hold.
    """
    refuse_over(MAX_TEXT_BYTES, text.body, what="The text")
    faults = Faults()
    cleaned = PostText(
        title=faults.line("title", text.title, max_chars=MAX_TITLE_CHARS, required=not is_draft),
        body=legal_text(text.body),
        excerpt=faults.length(
            "excerpt", legal_text(text.excerpt or "").strip(), max_chars=MAX_EXCERPT_CHARS
        )
        or None,
        image=_image(faults, text.image),
        tags=_tags(faults, text.tags),
    )
    faults.raise_any()
    return cleaned


def checked_tags(names: Sequence[str]) -> tuple[str, ...]:
    """Tag names cleaned, each once, or `ValidationError`."""
    faults = Faults()
    found = _tags(faults, names)
    faults.raise_any()
    return found


def _image(faults: Faults, value: str | None) -> str | None:
    text = legal_text(value or "").strip()
    if not text:
        return None
    scheme, colon, _ = text.partition(":")
    is_path = not colon or "/" in scheme
    if not (is_path or scheme.lower() in {"http", "https"}) or any(c.isspace() for c in text):
        message = f"found {text[:80]!r}, expected a path or an http or https address"
        faults.add("image", "invalid", message)
    return faults.length("image", text, max_chars=MAX_IMAGE_CHARS)


def _tags(faults: Faults, names: Sequence[str]) -> tuple[str, ...]:
    if len(names) > MAX_TAGS:
        message = f"found {len(names)} tags, expected at most {MAX_TAGS}"
        faults.add("tags", "too_many", message, MAX_TAGS)
        return ()
    by_slug: dict[str, str] = {}
    for name in names:
        tag = faults.line("tags", name, max_chars=MAX_TAG_CHARS, required=False)
        if tag and not tag_slug(tag):
            faults.add("tags", "invalid", f"found {tag!r}, expected a tag with a letter or a digit")
        elif tag:
            by_slug.setdefault(tag_slug(tag), tag)
    return tuple(by_slug.values())


def refused(field: str, code: str, message: str) -> ValidationError:
    """A `ValidationError` of one fault."""
    return ValidationError([FieldError(field, code, message)])
