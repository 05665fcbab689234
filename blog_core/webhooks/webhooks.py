"""`Webhooks`: who is told of what, what is owed, what could not be sent."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from weakref import ref

from sqlalchemy import RowMapping, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from blog_core.content.acting import actor_of, now, require, rows_changed
from blog_core.errors import NotFound
from blog_core.model import Webhook, WebhookDelivery
from blog_core.ports import Query
from blog_core.site import SYSTEM, Health, PostChange
from blog_core.validation import Faults
from blog_core.webhooks.addresses import AddressRefused, parsed
from blog_core.webhooks.delivering import deliver
from blog_core.webhooks.events import EVENTS, note_changes, owe, ping
from blog_core.webhooks.names import JOB
from blog_core.webhooks.signing import secret_of

if TYPE_CHECKING:
    from blog_core.site import Site

PRUNE_JOB = "blog.prune_webhooks"
KEEP = timedelta(days=30)
MAX_WEBHOOKS = 50
DELIVERIES_SHOWN = 100

ALL = Query(
    "webhooks.all",
    select(Webhook.id, Webhook.url, Webhook.events, Webhook.is_active, Webhook.created_at)
    .order_by(Webhook.id)
    .limit(MAX_WEBHOOKS),
)
DELIVERIES = Query(
    "webhooks.deliveries",
    select(
        WebhookDelivery.id,
        WebhookDelivery.event,
        WebhookDelivery.status,
        WebhookDelivery.attempts,
        WebhookDelivery.answer_status,
        WebhookDelivery.last_error,
        WebhookDelivery.created_at,
        WebhookDelivery.due_at,
        WebhookDelivery.ended_at,
        Webhook.url,
    )
    .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
    .order_by(WebhookDelivery.id.desc())
    .limit(DELIVERIES_SHOWN),
)
_DEAD = Query(
    "webhooks.dead",
    select(func.count().label("dead")).where(
        WebhookDelivery.status == "dead",
        WebhookDelivery.ended_at > bindparam("since", type_=WebhookDelivery.ended_at.type),
    ),
)


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A webhook just made. Its secret is shown once."""

    id: int
    secret: str


class Webhooks:
    """The webhooks of one blog."""

    def bind(self, site: "Site") -> None:
        """Hear of every change in its transaction, and have messages sent and forgotten."""
        self._site = ref(site)
        site.changes.before_commit = self._note
        site.jobs.register(JOB, deliver)
        site.jobs.register(PRUNE_JOB, _prune, every=timedelta(hours=12))

    @property
    def site(self) -> "Site":
        """The blog whose webhooks these are."""
        site = self._site()
        assert site is not None  # noqa: S101 - the site holds us
        return site

    def _note(self, session: Session, changes: Sequence[PostChange]) -> None:
        note_changes(self.site, session, changes)

    def add(self, session: Session, *, url: str, events: Collection[str]) -> NewWebhook:
        """Tell an address of events; `ValidationError` with every fault."""
        require(session, "manage-site")
        faults = Faults()
        url = url.strip()
        try:
            parsed(url, allow_private=self.site.settings.core.webhooks.allow_private)
        except AddressRefused as error:
            faults.add("url", "refused", str(error).rstrip("."))
        unknown = sorted(set(events) - set(EVENTS))
        if unknown or not events:
            found = repr(unknown[0][:80]) if unknown else "none"
            faults.add("events", "invalid", f"found {found}, expected some of {', '.join(EVENTS)}")
        if len(session.scalars(select(Webhook.id)).all()) >= MAX_WEBHOOKS:
            faults.add("url", "too_many", f"found {MAX_WEBHOOKS} webhooks already. Remove one")
        faults.raise_any()
        salt = secrets.token_hex(16)
        row = {
            "url": url,
            "events": sorted(events),
            "salt": salt,
            "account_id": actor_of(session).account_id,
            "created_at": now(session),
        }
        webhook_id = session.execute(insert(Webhook).returning(Webhook.id), [row]).scalar_one()
        return NewWebhook(webhook_id, secret_of(self.site, salt))

    def switch(self, session: Session, webhook_id: int, *, is_active: bool) -> None:
        """Send to a webhook, or no longer: what it is owed is dropped when its turn comes."""
        require(session, "manage-site")
        switched = update(Webhook).where(Webhook.id == webhook_id).values(is_active=is_active)
        if not rows_changed(session, switched):
            raise NotFound("webhook", webhook_id)

    def remove(self, session: Session, webhook_id: int) -> None:
        """Forget a webhook and what it is owed."""
        require(session, "manage-site")
        if not rows_changed(session, delete(Webhook).where(Webhook.id == webhook_id)):
            raise NotFound("webhook", webhook_id)

    def test(self, session: Session, webhook_id: int) -> None:
        """Send a `ping`, to see whether the address takes messages."""
        require(session, "manage-site")
        if session.get(Webhook, webhook_id) is None:
            raise NotFound("webhook", webhook_id)
        owe(self.site, session, webhook_id, ping(now(session)))

    def send_again(self, session: Session, delivery_id: int | None = None) -> int:
        """Send a message again that is dead or was sent, or (None) all dead ones; how many."""
        require(session, "manage-site")
        ended = WebhookDelivery.status == "dead"
        if delivery_id is not None:
            ended = (WebhookDelivery.id == delivery_id) & (WebhookDelivery.status != "waiting")
        values = {"status": "waiting", "attempts": 0, "due_at": now(session), "ended_at": None}
        again = update(WebhookDelivery).where(ended).values(**values)
        ids = session.scalars(again.returning(WebhookDelivery.id)).all()
        if delivery_id is not None and not ids:
            raise NotFound("message that is not waiting", delivery_id)
        for id_ in ids:
            self.site.jobs.enqueue(JOB, {"delivery_id": id_})
        return len(ids)

    def all(self) -> Sequence[RowMapping]:
        """Every webhook. One statement."""
        return self.site.read(ALL)

    def deliveries(self) -> Sequence[RowMapping]:
        """The newest messages. One statement."""
        return self.site.read(DELIVERIES)

    def health(self) -> Health:
        """Whether messages died in the last day."""
        (row,) = self.site.read(_DEAD, {"since": self.site.clock() - timedelta(days=1)})
        if not row["dead"]:
            return Health("webhooks", "ok", "No message died in the last day.")
        text = f"{row['dead']} message(s) died in the last day. The page Webhooks says why; "
        return Health("webhooks", "degraded", text + "`blog webhook resend` sends them again.")


def _prune(site: "Site", _arguments: Mapping[str, Any]) -> None:
    """Forget messages that ended a month ago."""
    old = WebhookDelivery.ended_at < site.clock() - KEEP
    with site.transaction(SYSTEM) as session:
        session.execute(delete(WebhookDelivery).where(old))
