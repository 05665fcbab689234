"""Dates as people write them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from blog_core.importing.dates import date_in_file_name, midnight, parse_date

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "text, expected",
    [
        ("2026-02-03", datetime(2026, 2, 3, tzinfo=UTC)),
        ("2026-2-3", datetime(2026, 2, 3, tzinfo=UTC)),
        ("2026/02/03", datetime(2026, 2, 3, tzinfo=UTC)),
        ("2026-02-03 04:05", datetime(2026, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-02-03 4:05:06", datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("2026-02-03T04:05:06Z", datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("2026-02-03T04:05:06.789Z", datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)),
        ("2026-02-03T04:05:06.123456789Z", datetime(2026, 2, 3, 4, 5, 6, 123456, tzinfo=UTC)),
        ("2026-02-03T04:05:06-04:00", datetime(2026, 2, 3, 8, 5, 6, tzinfo=UTC)),
        ("2015-12-17 12:00:00 -5", datetime(2015, 12, 17, 17, tzinfo=UTC)),
        ("2015-12-17 12:00:00 -0530", datetime(2015, 12, 17, 17, 30, tzinfo=UTC)),
        ("2026-02-03 04:05:06 UTC", datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("Tue, 03 Feb 2026 04:05:06 +0100", datetime(2026, 2, 3, 3, 5, 6, tzinfo=UTC)),
        ("3 February 2026", datetime(2026, 2, 3, tzinfo=UTC)),
        ("Feb 3rd, 2026", datetime(2026, 2, 3, tzinfo=UTC)),
    ],
)
def test_a_date_is_understood(text: str, expected: datetime) -> None:
    assert parse_date(text, UTC) == expected


def test_a_date_without_an_offset_is_local_and_kept_in_utc() -> None:
    assert parse_date("2026-02-03 04:05", BERLIN) == datetime(2026, 2, 3, 3, 5, tzinfo=UTC)
    assert parse_date("2026-07-03", BERLIN) == datetime(2026, 7, 2, 22, tzinfo=UTC)
    assert midnight(date(2026, 7, 3), BERLIN) == datetime(2026, 7, 2, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026-13-01", "2026-02-30", "31 Smarch 2026", "0001-01-01 00:00 +14:00", "12"],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no date"):
        parse_date(text, UTC)


def test_a_file_name_may_begin_with_a_date() -> None:
    assert date_in_file_name("2015-01-06-protosketch") == (date(2015, 1, 6), "protosketch")
    assert date_in_file_name("2024-12-5-defaults") == (date(2024, 12, 5), "defaults")
    assert date_in_file_name("2015-13-06-x") == (None, "2015-13-06-x")
    assert date_in_file_name("protosketch") == (None, "protosketch")
