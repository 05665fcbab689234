"""Scheduling by the clock on the wall, in the days when the clocks are changed too."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from blog_core.admin.editor_times import fold_of, instant_of, wall_time
from blog_core.errors import ValidationError
from tests.editor.form import Form, opened, send
from tests.flows.world import World

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_wall_time_means_its_instant_in_the_zone():
    assert instant_of("2026-12-01T09:30", BERLIN) == datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
    assert instant_of("2026-07-01T09:30", BERLIN) == datetime(2026, 7, 1, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-13-01T00:00", "9:30"])
def test_a_text_that_is_no_time_is_refused_with_an_example(text: str):
    with pytest.raises(ValidationError, match=r"such as 2026-11-24T09:30"):
        instant_of(text, BERLIN)


def test_a_time_that_the_clocks_leap_over_is_named():
    with pytest.raises(ValidationError) as caught:
        instant_of("2027-03-28T02:30", BERLIN)
    assert str(caught.value) == (
        "publish_at: found 2027-03-28 02:30, which the clocks in Europe/Berlin leap over that day; "
        "expected another time, such as 03:30"
    )


def test_of_a_time_shown_twice_one_has_to_be_chosen():
    with pytest.raises(ValidationError, match=r"earlier one \(UTC\+2:00\) or the later one"):
        instant_of("2026-10-25T02:30", BERLIN)
    earlier = instant_of("2026-10-25T02:30", BERLIN, fold="earlier")
    later = instant_of("2026-10-25T02:30", BERLIN, fold="later")
    assert (earlier.hour, later.hour) == (0, 1)
    assert [wall_time(at, BERLIN) for at in (earlier, later)] == ["2026-10-25T02:30"] * 2
    assert [fold_of(at, BERLIN) for at in (earlier, later)] == ["earlier", "later"]
    assert fold_of(datetime(2026, 12, 1, tzinfo=UTC), BERLIN) == ""


def test_every_hour_of_a_year_comes_back_as_itself():
    for hour in range(365 * 24):
        at = datetime.fromtimestamp(1_767_225_600 + hour * 3_600, UTC)
        assert instant_of(wall_time(at, BERLIN), BERLIN, fold=fold_of(at, BERLIN)) == at


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def test_a_scheduled_post_comes_out_at_its_time(
    make_world: Callable[..., World], database_url: str
):
    world = make_world(database_url, timezone="Europe/Berlin")
    post_id = world.draft(world.account("author"), "A title")
    client = world.signed_in("author")
    form = opened(client, f"/admin/posts/{post_id}/edit")
    refused = send(client, form, step="schedule", publish_at="2027-03-28T02:30", body="Typed.")
    assert refused.status_code == 422
    assert "Europe/Berlin leap over that day" in text_of(refused)
    again = Form(text_of(refused))
    assert (again.fields["body"], again.fields["publish_at"]) == ("Typed.", "2027-03-28T02:30")
    assert send(client, again, step="schedule", publish_at="2026-11-25T09:30").status_code == 303
    assert world.get("/posts/a-title").status_code == 404
    world.clock.forward(hours=20.6)
    assert world.get("/posts/a-title").status_code == 200


def test_a_time_that_has_passed_is_refused_after_the_text_was_saved(world: World):
    post_id = world.draft(world.account("author"), "A title")
    client = world.signed_in("author")
    form = opened(client, f"/admin/posts/{post_id}/edit")
    answer = send(client, form, step="schedule", publish_at="2020-01-01T09:30", body="Typed.")
    assert answer.status_code == 422
    assert "expected a time still to come" in text_of(answer)
    assert Form(text_of(answer)).fields["body"] == "Typed."
