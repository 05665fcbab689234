"""Wall times of the site's time zone: which instant one means, and where it means none or two."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from blog_core.content.text import refused

EARLIER, LATER = "earlier", "later"
_EXPECTED = "expected a date and a time such as 2026-11-24T09:30"


def instant_of(text: str, zone: ZoneInfo, *, fold: str = "") -> datetime:
    """The instant of a wall time in `zone`; `fold` says which one when the clock shows it twice.

    Raises `ValidationError` for a time that the clocks leap over, or show twice.
    """
    try:
        wall = datetime.fromisoformat(text.strip())
    except ValueError:
        raise refused("publish_at", "invalid", f"found {text[:80]!r}, {_EXPECTED}") from None
    if wall.tzinfo is not None:
        return wall.astimezone(UTC)
    first, second = (wall.replace(tzinfo=zone, fold=which) for which in (0, 1))
    if not _exists(first):
        raise refused("publish_at", "no_such_time", _leapt_over(wall, first, zone))
    if first.utcoffset() != second.utcoffset() and fold not in {EARLIER, LATER}:
        raise refused("publish_at", "twice", _shown_twice(wall, first, second, zone))
    return (second if fold == LATER else first).astimezone(UTC)


def wall_time(at: datetime | None, zone: ZoneInfo) -> str:
    """An instant as a field for date and time holds it."""
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if at is not None else ""


def fold_of(at: datetime | None, zone: ZoneInfo) -> str:
    """Which of two equal wall times an instant is; empty where there is only one."""
    if at is None:
        return ""
    local = at.astimezone(zone)
    other = local.replace(fold=1 - local.fold)
    if local.utcoffset() == other.utcoffset():
        return ""
    return LATER if local.fold else EARLIER


def _exists(local: datetime) -> bool:
    there_and_back = local.astimezone(UTC).astimezone(local.tzinfo)
    return there_and_back.replace(tzinfo=None, fold=0) == local.replace(tzinfo=None, fold=0)


def _leapt_over(wall: datetime, local: datetime, zone: ZoneInfo) -> str:
    later = local.astimezone(UTC).astimezone(zone)
    return (
        f"found {wall:%Y-%m-%d %H:%M}, which the clocks in {zone.key} leap over that day; "
        f"expected another time, such as {later:%H:%M}"
    )


def _shown_twice(wall: datetime, first: datetime, second: datetime, zone: ZoneInfo) -> str:
    return (
        f"found {wall:%Y-%m-%d %H:%M}, which the clocks in {zone.key} show twice that day; "
        f"choose the earlier one ({_offset(first)}) or the later one ({_offset(second)})"
    )


def _offset(at: datetime) -> str:
    minutes = int((at.utcoffset() or timedelta()).total_seconds() // 60)
    return f"UTC{'+' if minutes >= 0 else '-'}{abs(minutes) // 60}:{abs(minutes) % 60:02d}"
