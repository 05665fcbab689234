"""The job that sends one message, tries again later, and gives up at last."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import RowMapping, bindparam, select, update

from blog_core.errors import BlogError
from blog_core.model import Post, Webhook, WebhookDelivery
from blog_core.ports import Query
from blog_core.site import SYSTEM
from blog_core.webhooks.names import JOB
from blog_core.webhooks.sending import Message, NotSent, send
from blog_core.webhooks.signing import secret_of, signed_headers

if TYPE_CHECKING:
    from blog_core.site import Site

RETRY_AFTER_S = (10, 60, 600, 3_600, 6 * 3_600, 24 * 3_600)
"""Waits before the second, third ... attempt. After the last one a message is dead."""

MAX_ATTEMPTS = len(RETRY_AFTER_S) + 1
MAX_ERROR_CHARS = 1_000

DELIVERY = Query(
    "webhooks.delivery",
    select(
        WebhookDelivery.id,
        WebhookDelivery.event,
        WebhookDelivery.payload,
        WebhookDelivery.status,
        WebhookDelivery.attempts,
        WebhookDelivery.due_at,
        WebhookDelivery.webhook_id,
        Webhook.url,
        Webhook.salt,
        Webhook.is_active,
    )
    .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
    .where(WebhookDelivery.id == bindparam("delivery_id")),
)
_STANDS = Query(
    "webhooks.stands",
    select(Post.status, Post.publish_at, Post.published_revision_id).where(
        Post.id == bindparam("post_id")
    ),
)

_log = logging.getLogger("blog.webhooks")


def deliver(site: "Site", arguments: Mapping[str, Any]) -> None:
    """Send one message, unless that was done. What goes wrong is noted and tried again later."""
    rows = site.read(DELIVERY, {"delivery_id": arguments["delivery_id"]})
    if not rows or rows[0]["status"] != "waiting":
        return
    row = rows[0]
    if not row["is_active"] or not _still_true(site, row):
        _note(site, row, status="dropped", ended_at=site.clock())
        return
    settings = site.settings.core.webhooks
    try:
        # Outside any transaction: a slow receiver must not hold up writers.
        status = send(
            _message(site, row),
            timeout_s=settings.timeout_s,
            allow_private=settings.allow_private,
        )
    except BlogError as error:
        _failed(site, row, error)
        return
    _note(site, row, status="sent", answer_status=status, last_error="", ended_at=site.clock())


def _still_true(site: "Site", row: RowMapping) -> bool:
    """Whether a scheduled post came out as it was said when it was scheduled."""
    data = row["payload"]["data"]
    if row["event"] != "post.published" or "revision_id" not in data:
        return True
    for post in site.read(_STANDS, {"post_id": data["post_id"]}):
        at: datetime | None = post["publish_at"]
        return (
            post["status"] == "published"
            and at is not None
            and at.isoformat() == data["publish_at"]
            and post["published_revision_id"] == data["revision_id"]
        )
    return False


def _message(site: "Site", row: RowMapping) -> Message:
    body = msgspec.json.encode(row["payload"])
    headers = signed_headers(
        secret_of(site, row["salt"]), message_id=f"msg_{row['id']}", at=site.clock(), body=body
    )
    return Message(row["url"], body, headers)


def _failed(site: "Site", row: RowMapping, error: BlogError) -> None:
    attempts = row["attempts"] + 1
    is_last = attempts >= MAX_ATTEMPTS
    told = str(error)[:MAX_ERROR_CHARS]
    _log.warning("Message %d, attempt %d: %s", row["id"], attempts, told)
    found: dict[str, Any] = {
        "last_error": told,
        "answer_status": error.answer_status if isinstance(error, NotSent) else None,
    }
    if is_last:
        _note(site, row, status="dead", ended_at=site.clock(), **found)
        return
    due_at = site.clock() + timedelta(seconds=RETRY_AFTER_S[attempts - 1])
    _note(site, row, due_at=due_at, **found)


def _note(site: "Site", row: RowMapping, **values: Any) -> None:
    """Note how an attempt went and, while the message waits, have it tried again: in one commit."""
    with site.transaction(SYSTEM) as session:
        waiting = WebhookDelivery.id == row["id"], WebhookDelivery.status == "waiting"
        attempts = WebhookDelivery.attempts + (0 if values.get("status") == "dropped" else 1)
        session.execute(update(WebhookDelivery).where(*waiting).values(attempts=attempts, **values))
        if "due_at" in values:
            site.jobs.enqueue(JOB, {"delivery_id": row["id"]}, due_at=values["due_at"])
