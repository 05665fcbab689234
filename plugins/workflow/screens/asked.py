"""What the pages take, checked: a wrong parameter is named with what was expected."""

from collections.abc import Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask import request

from blog_core.api import FieldError, Site, ValidationError

LARGEST_ID = 2**63 - 1
SAID: Mapping[str, str] = {
    "moved": "Moved.",
    "off": "The post is off the board. What was written down stays.",
    "saved": "Saved.",
    "completed": "Completed.",
    "assigned": "Who does it, and until when, is saved.",
    "noted": "Your note is there.",
    "resolved": "Resolved.",
    "reopened": "Open again.",
    "approved": "Your approval of this text is there.",
    "changes": "You asked for changes; the authors hear of it.",
    "revoked": "The link works no more.",
    "restored": "Restored, as a new entry of the history.",
    "read": "All notices are marked as read.",
    "mail": "What comes by mail is saved.",
}
"""What a page says after something was done."""


def said(text: str) -> str:
    """The parser of the parameter that tells what was done."""
    if text not in SAID:
        raise ValueError(f"expected one of {', '.join(SAID)}")
    return text


def small_id(text: str) -> int:
    """An id, as both databases can hold it."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and 0 < int(text) <= LARGEST_ID):
        raise ValueError("expected a whole number above 0")
    return int(text)


def short(text: str) -> str:
    """A name: of a stage, or a direction."""
    if len(text) > 100 or not text.isprintable():
        raise ValueError("expected a name of at most 100 characters")
    return text


def month(text: str) -> date:
    """A month such as 2026-11, as its first day."""
    first = date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    if first is None or not 1970 <= first.year <= 2200:
        raise ValueError("expected a month such as 2026-11, from 1970 to 2200")
    return first


def day(text: str) -> date:
    """A day such as 2026-11-24."""
    found = date.fromisoformat(text) if len(text) == 10 else None
    if found is None or not 1970 <= found.year <= 2200:
        raise ValueError("expected a day such as 2026-11-24, from 1970 to 2200")
    return found


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The last minute of a day in a time zone."""
    return datetime.combine(day, time(23, 59), zone)


def form_id(name: str) -> int | None:
    """An id of the sent form; None when it is empty."""
    text = request.form.get(name, "").strip()
    try:
        return small_id(text) if text else None
    except ValueError as error:
        raise _wrong(name, text, error) from None


def form_day(name: str) -> date | None:
    """A day of the sent form; None when it is empty."""
    text = request.form.get(name, "").strip()
    try:
        return day(text) if text else None
    except ValueError as error:
        raise _wrong(name, text, error) from None


def form_number(name: str, otherwise: int) -> int:
    """A whole number of the sent form."""
    text = request.form.get(name, "").strip()
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise _wrong(name, text, ValueError("expected a whole number"))
    return int(text)


def zone_of(site: Site) -> ZoneInfo:
    """The time zone in which the blog shows dates."""
    return ZoneInfo(site.settings.core.timezone)


def _wrong(name: str, found: str, error: ValueError) -> ValidationError:
    return ValidationError([FieldError(name, "invalid", f"found {found[:40]!r}, {error}")])
