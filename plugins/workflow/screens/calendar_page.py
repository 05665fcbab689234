"""The calendar: what goes out and what is due, day by day, and the site as it will be then."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Response, url_for
from sqlalchemy import BindParameter, Date, Select, bindparam, func, select, true

from blog_core.api import (
    Account,
    Cursor,
    Post,
    Query,
    Revision,
    Site,
    Subject,
    UtcDateTime,
    current_site,
    is_listed,
    render_admin,
)
from plugins.workflow.own import own_stages
from plugins.workflow.people.model import WorkflowAssignment
from plugins.workflow.screens.asked import end_of, zone_of
from plugins.workflow.screens.board import titles

LOOK_AHEAD = "look-ahead"
"""The permission to see what is scheduled as readers will see it."""

SHOWN = 500
"""Entries of one kind in a month; what is more is said."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something of a day: a post that goes out at `at`, or a sub-stage that is due."""

    post_id: int
    title: str
    at: datetime | None = None
    stage_id: str = ""
    assignee: str = ""
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar; `is_other` days belong to the neighbouring months."""

    day: date
    entries: tuple[Entry, ...]
    is_other: bool
    is_today: bool


def _going_out(*, own: bool) -> Query:
    rows = (
        select(Post.id, Post.title, Post.publish_at)
        .where(
            is_listed,
            Post.publish_at >= bindparam("since", type_=UtcDateTime()),
            Post.publish_at < bindparam("until", type_=UtcDateTime()),
            # As a sum it is no reason to read all posts of the author instead of the month.
            Post.author_id + 0 == bindparam("me") if own else true(),
        )
        .order_by(Post.publish_at)
        .limit(bindparam("limit"))
    )
    return Query("workflow.own_going_out" if own else "workflow.going_out", rows)


def _due(*, own: bool) -> Query:
    me: BindParameter[int] = bindparam("me")
    rows: Select[*tuple[object, ...]] = (
        select(
            WorkflowAssignment.post_id,
            WorkflowAssignment.stage_id,
            WorkflowAssignment.due_on,
            WorkflowAssignment.done_at,
            Account.name,
            func.coalesce(Revision.title, Post.title).label("title"),
        )
        .join(Post, Post.id == WorkflowAssignment.post_id)
        .outerjoin(Revision, Revision.id == Post.head_revision_id)
        .outerjoin(Account, Account.id == WorkflowAssignment.account_id)
        .where(
            WorkflowAssignment.due_on >= bindparam("first", type_=Date()),
            WorkflowAssignment.due_on <= bindparam("last", type_=Date()),
            (Post.author_id == me) | (WorkflowAssignment.account_id == me) if own else true(),
        )
        .order_by(WorkflowAssignment.due_on)
        .limit(bindparam("limit"))
    )
    return Query("workflow.own_due" if own else "workflow.due", rows)


GOING_OUT = {own: _going_out(own=own) for own in (False, True)}
DUE = {own: _due(own=own) for own in (False, True)}


def calendar(month: date | None = None) -> Response:
    """A month, this one unless another is asked for."""
    site = current_site()
    zone = zone_of(site)
    today = site.clock().astimezone(zone).date()
    first = month or today.replace(day=1)
    days = tuple(_weeks(first))
    entries, is_cut = _entries(site, zone, days, today)
    following = (first + timedelta(days=32)).replace(day=1)
    return render_admin(
        "workflow/calendar.html",
        first=first,
        before=(first - timedelta(days=1)).replace(day=1),
        following=following,
        today=today,
        days=[
            Day(day, tuple(entries[day]), day.month != first.month, day == today) for day in days
        ],
        is_cut=is_cut,
        titles={stage_id: title for stage_id, _, title in titles(own_stages(site).catalogue)},
        shown=SHOWN,
        may_look=site.access.allows(site.access.current_actor(), LOOK_AHEAD),
    )


def ahead(day: date | None = None, page: Cursor | None = None) -> Response:
    """The front page as readers will see it at the end of a day, of this one if none is named."""
    site = current_site()
    day = day or site.clock().astimezone(zone_of(site)).date()
    at = end_of(day, zone_of(site))
    return site.ahead.home(at, home_at=_home_at(day), post_at=_post_at(day), page=page)


def post_ahead(slug: str, day: date | None = None) -> Response:
    """A post as readers will see it at the end of a day, of this one if none is named."""
    site = current_site()
    day = day or site.clock().astimezone(zone_of(site)).date()
    at = end_of(day, zone_of(site))
    return site.ahead.post(slug, at, home_at=_home_at(day), post_at=_post_at(day))


def _home_at(day: date) -> Callable[[str], str]:
    def address(cursor: str) -> str:
        return url_for(".workflow_ahead", day=day.isoformat(), page=cursor or None)

    return address


def _post_at(day: date) -> Callable[[str], str]:
    return lambda slug: url_for(".workflow_post_ahead", slug=slug, day=day.isoformat())


def _weeks(first: date) -> Iterator[date]:
    """The days of a month, with those that fill its first and last week, from Monday on."""
    day = first - timedelta(days=first.weekday())
    while day.month == first.month or day < first or day.weekday() != 0:
        yield day
        day += timedelta(days=1)


def _entries(
    site: Site, zone: ZoneInfo, days: Sequence[date], today: date
) -> tuple[dict[date, list[Entry]], bool]:
    """The entries by day, and whether there are more than are shown. Two statements."""
    actor = site.access.current_actor()
    own = not site.access.allows(actor, "read-drafts", Subject("post", "of anybody"))
    asked = {"me": actor.account_id or 0, "limit": SHOWN + 1}
    since = datetime.combine(days[0], time(), zone)
    until = datetime.combine(days[-1] + timedelta(days=1), time(), zone)
    out = site.read(GOING_OUT[own], {**asked, "since": since, "until": until})
    due = site.read(DUE[own], {**asked, "first": days[0], "last": days[-1]})
    found: dict[date, list[Entry]] = defaultdict(list)
    for row in out[:SHOWN]:
        at = row["publish_at"].astimezone(zone)
        found[at.date()].append(Entry(row["id"], row["title"] or "(untitled)", at))
    for row in due[:SHOWN]:
        is_late = row["done_at"] is None and row["due_on"] < today
        title, name = row["title"] or "(untitled)", row["name"] or ""
        entry = Entry(row["post_id"], title, None, row["stage_id"], name, is_late)
        found[row["due_on"]].append(entry)
    return found, len(out) > SHOWN or len(due) > SHOWN
