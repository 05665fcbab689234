"""Caps that are never passed: an amount is put aside before the call, or the call is refused.

Each period is a row, and each reservation one conditional UPDATE of it, in the order of the
periods' names: however many threads and processes reserve at once, the sum stays below the cap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from blog_core.api import BlogError, insert_on
from plugins.llm.model import LlmTill
from plugins.llm.settings import LlmSettings
from plugins.llm.till.money import Spent, shown, to_micros


@dataclass(frozen=True, slots=True)
class Cap:
    """What may be used in a period at most; 0 is no cap. `title` is the period for people."""

    period: str
    title: str
    tokens: int
    micros: int


class BudgetReached(BlogError):
    """A cap leaves no room for a call; nothing was asked and nothing is charged."""

    status = 429

    def __init__(self, cap: Cap, taken: Spent, wanted: Spent, currency: str) -> None:
        if cap.micros and taken.micros + wanted.micros > cap.micros:
            limit, used = shown(cap.micros, currency), shown(taken.micros, currency)
            need = shown(wanted.micros, currency)
        else:
            limit, used = f"{cap.tokens:,} tokens", f"{taken.tokens:,}"
            need = f"{wanted.tokens:,}"
        super().__init__(
            f"The model's budget for {cap.title} does not suffice: of {limit}, {used} are used or "
            f"put aside, and this call may need {need}. Nothing was asked and nothing is charged. "
            f"Shorten the text, wait for the next period, or raise the cap in [llm]."
        )


def caps_of(settings: LlmSettings, account_id: int | None, at: datetime) -> tuple[Cap, ...]:
    """The periods that a call of this person counts in."""
    day, month = f"{at:%Y-%m-%d}", f"{at:%Y-%m}"
    who = "system" if account_id is None else str(account_id)
    return (
        Cap(f"day:{day}", "today", settings.day_tokens, to_micros(settings.day_cost)),
        Cap(f"month:{month}", "this month", settings.month_tokens, to_micros(settings.month_cost)),
        Cap(
            f"user:{who}:{day}",
            "you today",
            settings.user_day_tokens,
            to_micros(settings.user_day_cost),
        ),
    )


def reserve(session: Session, caps: Sequence[Cap], wanted: Spent, currency: str) -> None:
    """Put `wanted` aside in every period, or raise `BudgetReached`; the transaction of the caller
    takes the others back then."""
    for cap in sorted(caps, key=lambda one: one.period):
        if not _put_aside(session, cap, wanted):
            raise BudgetReached(cap, taken_in(session, cap.period), wanted, currency)


def settle(session: Session, periods: Sequence[str], reserved: Spent, used: Spent) -> None:
    """Turn what was put aside into what was used."""
    for period in sorted(periods):
        session.execute(
            update(LlmTill)
            .where(LlmTill.period == period)
            .values(
                reserved_tokens=LlmTill.reserved_tokens - reserved.tokens,
                reserved_micros=LlmTill.reserved_micros - reserved.micros,
                used_tokens=LlmTill.used_tokens + used.tokens,
                used_micros=LlmTill.used_micros + used.micros,
            )
        )


def taken_in(session: Session, period: str) -> Spent:
    """What is used or put aside in a period."""
    row = session.execute(
        select(
            LlmTill.used_tokens + LlmTill.reserved_tokens,
            LlmTill.used_micros + LlmTill.reserved_micros,
        ).where(LlmTill.period == period)
    ).one_or_none()
    return Spent(row[0], row[1]) if row else Spent(0, 0)


def _put_aside(session: Session, cap: Cap, wanted: Spent) -> bool:
    if (cap.tokens and wanted.tokens > cap.tokens) or (cap.micros and wanted.micros > cap.micros):
        return False
    row = insert_on(session, LlmTill).values(
        period=cap.period,
        used_tokens=0,
        used_micros=0,
        reserved_tokens=wanted.tokens,
        reserved_micros=wanted.micros,
    )
    conditions = []
    if cap.tokens:
        taken = LlmTill.used_tokens + LlmTill.reserved_tokens
        conditions.append(taken + wanted.tokens <= cap.tokens)
    if cap.micros:
        taken = LlmTill.used_micros + LlmTill.reserved_micros
        conditions.append(taken + wanted.micros <= cap.micros)
    added = row.on_conflict_do_update(
        index_elements=["period"],
        set_={
            "reserved_tokens": LlmTill.reserved_tokens + wanted.tokens,
            "reserved_micros": LlmTill.reserved_micros + wanted.micros,
        },
        where=and_(*conditions) if conditions else None,
    )
    return session.execute(added.returning(LlmTill.period)).scalar_one_or_none() is not None
