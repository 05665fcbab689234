"""`validate_stage_data`: all faults of a post's basic data at once. Needs no app."""

import unicodedata
from collections.abc import Iterator, Mapping

from blog_core.api import FieldError, ValidationError
from plugins.workflow.definition import Part

STATUSES = ("draft", "published", "hidden", "archived")
MAX_TITLE_CHARS = 255
MAX_CONTENT_CHARS = 1_000_000


def validate_stage_data(data: object) -> bool:
    """True when title, content and status are right; `ValidationError` names every fault.

    The title has 1 to 255 characters after NFC and trimming; types are exact; the status is a
    post's.
    """
    if not isinstance(data, Mapping):
        message = f"found {type(data).__name__}, expected a mapping with title, content and status"
        raise ValidationError([FieldError("data", "type", message)])
    faults = [*_title(data.get("title")), *_content(data.get("content"))]
    faults += _status(data.get("status"))
    if faults:
        raise ValidationError(faults)
    return True


def field_faults(part: Part, values: Mapping[str, object]) -> Iterator[FieldError]:
    """What is wrong with the texts of a part: unknown ones, other types, too long ones."""
    known = {field.name: field for field in part.fields}
    for name, value in values.items():
        field = known.get(name)
        if field is None:
            expected = ", ".join(known) or "none"
            yield FieldError(str(name)[:80], "unknown", f"is no field here; there are: {expected}")
        elif type(value) is not str:
            yield FieldError(name, "type", f"found {type(value).__name__}, expected a text")
        elif len(value) > field.max_chars:
            message = f"found {len(value):,} characters, expected at most {field.max_chars:,}"
            yield FieldError(name, "too_long", message, field.max_chars)


def missing_fields(part: Part, values: Mapping[str, object]) -> Iterator[FieldError]:
    """Required texts that are empty."""
    for field in part.fields:
        if field.required and not str(values.get(field.name) or "").strip():
            yield FieldError(field.name, "required", f"{field.title}: is required to complete")


def _title(value: object) -> Iterator[FieldError]:
    if type(value) is not str:
        yield _missing_or_type("title", value)
        return
    title = unicodedata.normalize("NFC", value[: 4 * MAX_TITLE_CHARS + 1]).strip()
    if not title:
        yield FieldError("title", "required", "found nothing, expected 1 to 255 characters")
    elif len(title) > MAX_TITLE_CHARS:
        message = f"found more than {MAX_TITLE_CHARS} characters, expected at most that many"
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
