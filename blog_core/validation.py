"""Checking what came from outside: every fault is gathered, then all are raised at once."""

from collections.abc import Collection
from datetime import UTC, datetime
from urllib.parse import urlsplit

from blog_core.errors import FieldError, ValidationError
from blog_core.rendering.characters import legal_text

MAX_EMAIL_CHARS = 254


def is_name(text: str, *, max_chars: int = 1_024) -> bool:
    """Whether a text from outside can be looked up: databases refuse some characters."""
    return text.isprintable() and len(text) <= max_chars


class Faults:
    """The faults found so far. Each check returns the cleaned value and notes what is wrong."""

    def __init__(self) -> None:
        self._errors: list[FieldError] = []

    def add(self, field: str, code: str, message: str, limit: int | str | None = None) -> None:
        """Note one fault."""
        self._errors.append(FieldError(field, code, message, limit))

    def raise_any(self) -> None:
        """Raise `ValidationError` when there is any fault."""
        if self._errors:
            raise ValidationError(self._errors)

    def line(self, field: str, value: str, *, max_chars: int = 255, required: bool = True) -> str:
        """A text of one line: control characters go, runs of white space become one space."""
        text = " ".join(legal_text(value).split())
        return self.length(field, text, max_chars=max_chars, required=required)

    def length(self, field: str, text: str, *, max_chars: int, required: bool = False) -> str:
        """`text`, unless it is longer than `max_chars` or empty where something is required."""
        if required and not text:
            self.add(field, "required", "found nothing, expected some text")
        if len(text) > max_chars:
            message = f"found {len(text):,} characters, expected at most {max_chars:,}"
            self.add(field, "too_long", message, max_chars)
        return text

    def email(self, field: str, value: str | None) -> str | None:
        """A mail address in the form it is compared in (domain and name in small letters)."""
        text = "".join(legal_text(value or "").split()).lower()
        if not text:
            return None
        name, at, domain = text.rpartition("@")
        if not (name and at and domain) or len(text) > MAX_EMAIL_CHARS or set(text) & set('<>,;"'):
            message = f"found {text[:80]!r}, expected an address such as ann@example.org"
            self.add(field, "invalid", message)
        return text

    def web_address(self, field: str, value: str | None) -> str | None:
        """An http(s) address, or None for an empty one."""
        text = legal_text(value or "").strip()
        if not text:
            return None
        try:
            parts = urlsplit(text)
            is_good = parts.scheme in {"http", "https"} and bool(parts.hostname)
        except ValueError:
            is_good = False
        if not is_good or any(char.isspace() for char in text):
            self.add(field, "invalid", f"found {text[:80]!r}, expected an http or https address")
        return self.length(field, text, max_chars=1024)

    def one_of(self, field: str, value: str, choices: Collection[str]) -> str:
        """One of the given words."""
        if value not in choices:
            expected = ", ".join(choices)
            self.add(
                field, "invalid", f"found {value[:80]!r}, expected one of {expected}", expected
            )
        return value

    def instant(self, field: str, value: datetime | None) -> datetime | None:
        """An instant in UTC. One without a time zone is refused: nobody knows what it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            self.add(field, "no_time_zone", f"found {value}, expected a time with a time zone")
            return None
        return value.astimezone(UTC)
