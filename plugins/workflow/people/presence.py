"""Who else has a post open: each browser says so every few seconds, and asks who did.

One row for each person and post, and rows that are old go with the next word of anybody, so their
number is that of the people at work.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from blog_core.api import Account, Site, insert_on, legal_text
from plugins.workflow.people.model import WorkflowPresence
from plugins.workflow.people.post_seen import seen

EVERY_S = 5
HERE_FOR = timedelta(seconds=20)
FORGOTTEN_AFTER = timedelta(minutes=2)
MAX_OTHERS, MAX_FORGOTTEN = 20, 200


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else who has the post open, and which page of it: "text" or a sub-stage."""

    name: str
    place: str


def here(session: Session, *, post_id: int, place: str) -> tuple[Other, ...]:
    """The actor has this post open; who else has. Raises as for reading the post."""
    seen(session, post_id, "read-drafts")
    site: Site = session.info["site"]
    account_id = session.info["actor"].account_id
    now = site.clock()
    values = {"seen_at": now, "place": legal_text(place)[:100]}
    row = insert_on(session, WorkflowPresence).values(
        post_id=post_id, account_id=account_id, **values
    )
    keys = ["post_id", "account_id"]
    session.execute(row.on_conflict_do_update(index_elements=keys, set_=values))
    _forget(session, before=now - FORGOTTEN_AFTER)
    others = (
        select(Account.name, WorkflowPresence.place)
        .join(Account, Account.id == WorkflowPresence.account_id)
        .where(
            WorkflowPresence.post_id == post_id,
            WorkflowPresence.account_id != account_id,
            WorkflowPresence.seen_at >= now - HERE_FOR,
        )
        .order_by(Account.name)
        .limit(MAX_OTHERS)
    )
    return tuple(Other(row.name, row.place) for row in session.execute(others))


def _forget(session: Session, *, before: datetime) -> None:
    # Rows that others have their hands on are left to the next one: nobody waits for anybody.
    keys = WorkflowPresence.post_id, WorkflowPresence.account_id
    old = select(*keys).where(WorkflowPresence.seen_at < before)
    some = old.limit(MAX_FORGOTTEN).with_for_update(skip_locked=True)
    session.execute(delete(WorkflowPresence).where(tuple_(*keys).in_(some)))


def gone(session: Session, *, post_id: int) -> None:
    """The actor has closed this post."""
    account_id = session.info["actor"].account_id
    session.execute(
        delete(WorkflowPresence).where(
            WorkflowPresence.post_id == post_id, WorkflowPresence.account_id == account_id
        )
    )
