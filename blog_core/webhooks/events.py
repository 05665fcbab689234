"""What happened, as messages: written in the transaction that they tell of, sent after it."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from blog_core.model import Post, Webhook, WebhookDelivery
from blog_core.model.upsert import insert_on
from blog_core.site import PostChange
from blog_core.webhooks.names import JOB

if TYPE_CHECKING:
    from blog_core.site import Site

EVENTS = (
    "post.created",
    "post.updated",
    "post.scheduled",
    "post.published",
    "post.unpublished",
    "post.deleted",
    "post.commented",
)
"""`post.published` of a scheduled post is sent when it comes out."""

PING = "ping"
AT_ONCE = 500
_ROW = (
    Post.id,
    Post.slug,
    Post.title,
    Post.status,
    Post.publish_at,
    Post.version,
    Post.published_revision_id,
)


@dataclass(frozen=True, slots=True)
class Event:
    """A thing to tell. `key` names it: one event gives one message to each webhook."""

    name: str
    key: str
    data: Mapping[str, Any]
    due_at: datetime


def note_changes(site: "Site", session: Session, changes: Sequence[PostChange]) -> None:
    """Write a message for each change and each webhook that wants to know of it.

    Called inside the transaction, after everything else of it: a rollback takes the messages back.
    """
    hooks = session.execute(select(Webhook.id, Webhook.events).where(Webhook.is_active)).all()
    if not hooks:
        return
    for first in range(0, len(changes), AT_ONCE):
        _note(site, session, changes[first : first + AT_ONCE], hooks)


def _note(
    site: "Site", session: Session, changes: Sequence[PostChange], hooks: Sequence[Any]
) -> None:
    ids = {change.post_id for change in changes}
    found = session.execute(select(*_ROW).where(Post.id.in_(ids))).mappings()
    rows = {row["id"]: row for row in found}
    for change in changes:
        for event in _events(change, rows.get(change.post_id), site.clock()):
            for hook in hooks:
                if event.name in hook.events:
                    owe(site, session, hook.id, event)


def owe(site: "Site", session: Session, webhook_id: int, event: Event) -> int | None:
    """Write one message and the job that sends it; its id, None when it is owed already."""
    now = site.clock()
    row = insert_on(session, WebhookDelivery).values(
        webhook_id=webhook_id,
        event_key=event.key,
        event=event.name,
        payload={"type": event.name, "timestamp": now.isoformat(), "data": dict(event.data)},
        created_at=now,
        due_at=event.due_at,
    )
    once = row.on_conflict_do_nothing(index_elements=["webhook_id", "event_key"])
    delivery_id: int | None = session.scalar(once.returning(WebhookDelivery.id))
    if delivery_id is not None:
        site.jobs.enqueue(JOB, {"delivery_id": delivery_id}, due_at=event.due_at)
    return delivery_id


def ping(now: datetime) -> Event:
    """A message that only tries whether the address takes messages."""
    return Event(PING, _new_key(), {}, now)


def _events(change: PostChange, row: RowMapping | None, now: datetime) -> Iterator[Event]:
    data: dict[str, Any] = {"post_id": change.post_id, "account_id": change.actor.account_id}
    if row is not None:
        at = row["publish_at"]
        data |= {name: row[name] for name in ("slug", "title", "status", "version")}
        data["publish_at"] = at.isoformat() if at else None
        if change.kind == "published" and at is not None and at > now:
            yield Event("post.scheduled", _new_key(), data, now)
            revision = row["published_revision_id"]
            key = f"post.published:{change.post_id}:{revision}:{data['publish_at']}"
            yield Event("post.published", key, {**data, "revision_id": revision}, at)
            return
    yield Event(f"post.{change.kind}", _new_key(), data, now)


def _new_key() -> str:
    return secrets.token_hex(16)
