"""Dates as people write them in front matter and file names, as instants in UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime

_NUMERIC = re.compile(
    r"""(?P<year>\d{4}) [-/.] (?P<month>\d{1,2}) [-/.] (?P<day>\d{1,2})
        (?: [Tt\s]\s* (?P<hour>\d{1,2}) : (?P<minute>\d{2})
            (?: : (?P<second>\d{2}) (?: [.,] (?P<fraction>\d{1,9}) )? )?
            \s* (?P<zone> Z | UTC | GMT | [+-]\d{1,2} (?: :?\d{2} )? )?
        )?""",
    re.VERBOSE | re.IGNORECASE,
)
_WORDS = re.compile(
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?\s+(?P<name>[A-Za-z]{3,9})"
    r"|(?P<name2>[A-Za-z]{3,9})\.?\s+(?P<day2>\d{1,2})(?:st|nd|rd|th)?),?\s+(?P<year>\d{4})"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FILE_NAME = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[-_ ](.+)", re.DOTALL)


def parse_date(text: str, zone: tzinfo) -> datetime:
    """The instant that `text` names, in UTC; without an offset it is the time in `zone`.

    Raises ValueError for anything that is no date.
    """
    text = text.strip()
    try:
        found = _numeric_date(text) or _date_in_words(text) or parsedate_to_datetime(text)
        if found.tzinfo is None:
            found = found.replace(tzinfo=zone)
        return found.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError) as error:
        raise ValueError(f"{text!r} is no date") from error


def date_in_file_name(stem: str) -> tuple[date | None, str]:
    """The date a file name begins with, if it does, and the rest: `2015-01-06-protosketch`."""
    match = _FILE_NAME.fullmatch(stem)
    if match is None:
        return None, stem
    try:
        return date(int(match[1]), int(match[2]), int(match[3])), match[4]
    except ValueError:
        return None, stem


def midnight(day: date, zone: tzinfo) -> datetime:
    """The beginning of a day in `zone`, in UTC."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def written_day(text: str) -> date | None:
    """The calendar day as it stands in the text, whatever the time zone."""
    match = _NUMERIC.match(text.strip())
    if match is None:
        return None
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def _numeric_date(text: str) -> datetime | None:
    match = _NUMERIC.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    fraction = (match["fraction"] or "")[:6].ljust(6, "0")
    clock = time(hour, minute, second, int(fraction))
    return datetime.combine(day, clock, tzinfo=_offset(match["zone"]))


def _offset(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if text[0] == "-" else offset)


def _date_in_words(text: str) -> datetime | None:
    match = _WORDS.fullmatch(text)
    if match is None:
        return None
    month = (match["name"] or match["name2"])[:3].lower()
    if month not in _MONTHS:
        return None
    day = int(match["day"] or match["day2"])
    return datetime(int(match["year"]), _MONTHS.index(month) + 1, day)  # noqa: DTZ001 - zone later
