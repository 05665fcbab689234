"""`validate_stage_data`: all faults of a post's basic data at once. Needs no app."""

import unicodedata
from collections.abc import Iterator, Mapping

from blog_core.api import FieldError, TooLarge, ValidationError

STATUSES = ("draft", "published", "hidden", "archived")
MAX_TITLE_CHARS = 255
MAX_CONTENT_CHARS = 1_000_000
MAX_DATA_BYTES = 4_100_000
"""No valid data is larger: content of four-byte characters, and the rest."""

LIMITS: Mapping[str, Mapping[str, object]] = {
    "title": {"required": True, "max_chars": MAX_TITLE_CHARS},
    "content": {"required": True, "max_chars": MAX_CONTENT_CHARS},
    "status": {"required": True, "choices": STATUSES},
}
"""What whoever shows the data tells while somebody types."""


def validate_stage_data(data: object) -> bool:
    """True when title, content and status are right; `ValidationError` names every fault.

    The title has 1 to 255 characters after NFC and trimming; types are exact; the status is a
    post's. Raises `TooLarge` before any of that.
    """
    faults = list(basic_faults(data))
    if faults:
        raise ValidationError(faults)
    return True


def basic_faults(data: object) -> Iterator[FieldError]:
    """Every fault of title, content and status. Raises `TooLarge`."""
    if not isinstance(data, Mapping):
        message = f"found {type(data).__name__}, expected a mapping with title, content and status"
        yield FieldError("data", "type", message)
        return
    refuse_oversized("The stage data", data, MAX_DATA_BYTES)
    yield from _title(data.get("title"))
    yield from _content(data.get("content"))
    yield from _status(data.get("status"))


def refuse_oversized(what: str, values: Mapping[str, object], max_bytes: int) -> None:
    """Raise `TooLarge` for texts that take more than `max_bytes` together."""
    texts = [text for pair in values.items() for text in pair if isinstance(text, str)]
    # Four bytes are the most that a character takes: only what may be too large is encoded.
    if sum(map(len, texts)) * 4 <= max_bytes:
        return
    size_bytes = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
    if size_bytes > max_bytes:
        raise TooLarge(what, size_bytes=size_bytes, max_bytes=max_bytes)


def _title(value: object) -> Iterator[FieldError]:
    if type(value) is not str:
        yield _missing_or_type("title", value)
        return
    title = value.strip()
    # Four characters at most become one by NFC, and its time grows with the square of the marks.
    if len(title) <= 4 * MAX_TITLE_CHARS:
        title = unicodedata.normalize("NFC", title).strip()
    if not title:
        yield FieldError("title", "required", "found nothing, expected 1 to 255 characters")
    elif len(title) > MAX_TITLE_CHARS:
        message = f"found {len(title):,} characters, expected at most {MAX_TITLE_CHARS}"
        yield FieldError("title", "too_long", message, MAX_TITLE_CHARS)


def _content(value: object) -> Iterator[FieldError]:
    if type(value) is not str:
        yield _missing_or_type("content", value)
    elif not value.strip():
        yield FieldError("content", "required", "found nothing, expected some text")
    elif len(value) > MAX_CONTENT_CHARS:
        message = f"found {len(value):,} characters, expected at most {MAX_CONTENT_CHARS:,}"
        yield FieldError("content", "too_long", message, MAX_CONTENT_CHARS)


def _status(value: object) -> Iterator[FieldError]:
    expected = ", ".join(STATUSES)
    if type(value) is not str:
        yield _missing_or_type("status", value)
    elif value not in STATUSES:
        message = f"found {value[:40]!r}, expected one of {expected}"
        yield FieldError("status", "unknown", message, expected)


def _missing_or_type(field: str, value: object) -> FieldError:
    if value is None:
        return FieldError(field, "required", "found nothing, expected a text")
    return FieldError(field, "type", f"found {type(value).__name__}, expected a text")
