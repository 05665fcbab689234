"""Dates as readers see them: the same in every process, whatever the machine's locale."""

from datetime import datetime

from blog_core.reader.pages import Moment

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def moment(at: datetime) -> Moment:
    """`at`, already in the site's zone, as `24 November 2026`."""
    return Moment(at.isoformat(timespec="seconds"), f"{at.day} {MONTHS[at.month - 1]} {at.year}")


def month_name(month: str) -> str:
    """`2026-11` as `November 2026`."""
    year, _, number = month.partition("-")
    return f"{MONTHS[int(number) - 1]} {year}"
