"""The ledger: a row for each request, whether it was called, joined, cached or failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from blog_core.api import Query, Site
from plugins.llm.calls.server import Usage
from plugins.llm.model import LlmLedger, LlmTill
from plugins.llm.settings import LlmSettings
from plugins.llm.till.budget import caps_of, reserve, settle
from plugins.llm.till.estimate import Estimate
from plugins.llm.till.money import Price, Spent, shown

CALLED, JOINED, CACHED, FAILED, STOPPED = "called", "joined", "cached", "failed", "stopped"
RESERVED = "reserved"

_ROWS = Query(
    "llm.ledger",
    select(LlmLedger.__table__).order_by(LlmLedger.id.desc()).limit(bindparam("most")),
)
_SUMS = Query(
    "llm.sums",
    select(
        LlmLedger.outcome,
        func.count().label("requests"),
        func.sum(LlmLedger.input_tokens).label("input_tokens"),
        func.sum(LlmLedger.cached_tokens).label("cached_tokens"),
        func.sum(LlmLedger.output_tokens).label("output_tokens"),
        func.sum(LlmLedger.cost_micros).label("cost_micros"),
        func.sum(LlmLedger.saved_micros).label("saved_micros"),
    )
    .where(LlmLedger.at >= bindparam("since"))
    .group_by(LlmLedger.outcome)
    .order_by(LlmLedger.outcome),
)
_TILL = Query(
    "llm.till",
    select(LlmTill.__table__).where(LlmTill.period.in_(bindparam("periods", expanding=True))),
)


@dataclass(frozen=True, slots=True)
class Booking:
    """Who asked for what: the part of a ledger row that is known before the call."""

    at: datetime
    account_id: int | None
    post_id: int | None
    action: str
    model: str
    prompt: str
    key: str


@dataclass(frozen=True, slots=True)
class Bill:
    """What a call cost. `exact`: by the server's own count; without a price `micros` is 0."""

    usage: Usage
    exact: bool
    micros: int
    is_priced: bool

    @classmethod
    def of(cls, usage: Usage, price: Price | None, *, exact: bool) -> "Bill":
        """The bill for tokens at a price."""
        tokens = (usage.input_tokens, usage.output_tokens, usage.cached_tokens)
        micros = price.micros(*tokens) if price else 0
        return cls(usage, exact, micros, is_priced=price is not None)

    @property
    def spent(self) -> Spent:
        """The tokens and the money."""
        return Spent(self.usage.input_tokens + self.usage.output_tokens, self.micros)

    def provenance(self, currency: str) -> dict[str, Any]:
        """What a suggestion tells of its cost."""
        return {
            "input_tokens": self.usage.input_tokens,
            "cached_tokens": self.usage.cached_tokens,
            "output_tokens": self.usage.output_tokens,
            "exact": self.exact,
            "cost_micros": self.micros,
            "cost": shown(self.micros, currency) if self.is_priced else "no price known",
        }


NOTHING = Bill(Usage(0, 0, 0), exact=True, micros=0, is_priced=True)


def book_reserved(
    session: Session, settings: LlmSettings, booking: Booking, estimate: Estimate, call_id: int
) -> None:
    """Put the estimate aside and write the row of the one who pays. Raises `BudgetReached`."""
    caps = caps_of(settings, booking.account_id, booking.at)
    reserve(session, caps, estimate.reserved, settings.currency)
    _add(
        session,
        booking,
        outcome=RESERVED,
        call_id=call_id,
        reserved_tokens=estimate.reserved.tokens,
        reserved_micros=estimate.reserved.micros,
        priced=estimate.micros is not None,
    )


def book_joined(session: Session, booking: Booking, call_id: int) -> None:
    """Write the row of somebody who shares a call; what it saved is known at the call's end."""
    paid = bill_of(session, call_id)
    _add(session, booking, outcome=JOINED, call_id=call_id, saved_micros=paid.micros if paid else 0)


def bill_of(session: Session, call_id: int) -> Bill | None:
    """What a call cost that ended well; None for any other."""
    row = session.execute(
        select(
            LlmLedger.input_tokens,
            LlmLedger.cached_tokens,
            LlmLedger.output_tokens,
            LlmLedger.exact,
            LlmLedger.priced,
            LlmLedger.cost_micros,
        ).where(LlmLedger.call_id == call_id, LlmLedger.outcome == CALLED)
    ).one_or_none()
    if row is None:
        return None
    usage = Usage(row.input_tokens, row.cached_tokens, row.output_tokens)
    return Bill(usage, row.exact, row.cost_micros, is_priced=row.priced)


def reserved_bill(session: Session, call_id: int) -> Bill | None:
    """All that is put aside for a call, as its bill; None when it is settled already."""
    row = session.execute(
        select(LlmLedger.reserved_tokens, LlmLedger.reserved_micros, LlmLedger.priced).where(
            LlmLedger.call_id == call_id, LlmLedger.outcome == RESERVED
        )
    ).one_or_none()
    if row is None:
        return None
    usage = Usage(row.reserved_tokens, 0, 0)
    return Bill(usage, exact=False, micros=row.reserved_micros, is_priced=row.priced)


def book_cached(session: Session, booking: Booking, saved_micros: int) -> None:
    """Write the row of an answer that was there already."""
    _add(session, booking, outcome=CACHED, saved_micros=saved_micros)


def close(
    session: Session,
    settings: LlmSettings,
    call_id: int,
    bill: Bill,
    outcome: str,
    times_ms: tuple[int | None, int | None] = (None, None),
) -> None:
    """Settle a call: what was put aside becomes what it cost, once, however often this is called.

    Those who joined it saved as much, if an answer came.
    """
    open_row = (LlmLedger.call_id == call_id) & (LlmLedger.outcome == RESERVED)
    paid = session.execute(
        update(LlmLedger)
        .where(open_row)
        .values(
            outcome=outcome,
            input_tokens=bill.usage.input_tokens,
            cached_tokens=bill.usage.cached_tokens,
            output_tokens=bill.usage.output_tokens,
            exact=bill.exact,
            cost_micros=bill.micros,
            first_ms=times_ms[0],
            total_ms=times_ms[1],
        )
        .returning(
            LlmLedger.at,
            LlmLedger.account_id,
            LlmLedger.reserved_tokens,
            LlmLedger.reserved_micros,
        )
    ).one_or_none()
    if paid is None:
        return
    periods = [cap.period for cap in caps_of(settings, paid.account_id, paid.at)]
    settle(session, periods, Spent(paid.reserved_tokens, paid.reserved_micros), bill.spent)
    shared = (LlmLedger.call_id == call_id) & (LlmLedger.outcome == JOINED)
    saved = bill.micros if outcome == CALLED else 0
    session.execute(update(LlmLedger).where(shared).values(saved_micros=saved))


def _add(session: Session, booking: Booking, **values: object) -> None:
    empty = {
        "reserved_tokens": 0,
        "reserved_micros": 0,
        "input_tokens": 0,
        "cached_tokens": 0,
        "output_tokens": 0,
        "exact": False,
        "priced": False,
        "cost_micros": 0,
        "saved_micros": 0,
    }
    known = {
        "at": booking.at,
        "account_id": booking.account_id,
        "post_id": booking.post_id,
        "action": booking.action,
        "model": booking.model,
        "prompt": booking.prompt,
        "key": booking.key,
    }
    session.execute(insert(LlmLedger).values({**empty, **known, **values}))


def last_rows(site: Site, most: int) -> Sequence[RowMapping]:
    """The newest rows of the ledger."""
    return site.read(_ROWS, {"most": most})


def sums_since(site: Site, since: datetime) -> Sequence[RowMapping]:
    """Requests, tokens, money spent and money saved by outcome."""
    return site.read(_SUMS, {"since": since})


def till_of(site: Site, periods: Sequence[str]) -> Mapping[str, RowMapping]:
    """What was used and what is put aside in periods; one without a row was never used."""
    return {row["period"]: row for row in site.read(_TILL, {"periods": list(periods)})}
