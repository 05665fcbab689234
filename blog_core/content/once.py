"""Requests that are carried out once: the client's key, kept with the answer in the same commit.

A client that got no answer sends its request again with the same key and gets the answer of the
first time. Two at once wait for each other, by the key's row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from blog_core.content.acting import now, rows_changed
from blog_core.errors import BlogError
from blog_core.model import CarriedOut
from blog_core.model.upsert import insert_on

KEPT = timedelta(days=1)
MAX_KEY_CHARS = 255


class KeyReused(BlogError):
    """A key came again with another request."""

    status = 422

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The key {key[:80]!r} was used for another request less than {KEPT.days} day(s) ago. "
            f"Send this one with a new key; nothing was changed."
        )


@dataclass(frozen=True, slots=True)
class Key:
    """A client's name for a request: `scope` says whose, `digest` what was asked."""

    scope: str
    key: str
    digest: str


def claim(session: Session, key: Key, *, same_only: bool = True) -> Mapping[str, Any] | None:
    """None when the request is new: carry it out and `keep` its answer in this transaction.

    Else the kept answer of the first time. Raises `KeyReused` when that was another request,
    unless `same_only` is False.
    """
    mine = (CarriedOut.scope == key.scope, CarriedOut.key == key.key)
    old = CarriedOut.created_at < now(session) - KEPT
    session.execute(delete(CarriedOut).where(*mine, old))
    row = {"scope": key.scope, "key": key.key, "digest": key.digest, "answer": {}}
    claimed = insert_on(session, CarriedOut).values(**row, created_at=now(session))
    if rows_changed(session, claimed.on_conflict_do_nothing()) == 1:
        return None
    known = session.execute(select(CarriedOut.digest, CarriedOut.answer).where(*mine)).one()
    if same_only and known.digest != key.digest:
        raise KeyReused(key.key)
    answer: Mapping[str, Any] = known.answer
    return answer


def keep(session: Session, key: Key, answer: Mapping[str, Any]) -> None:
    """Keep the answer of a claimed request."""
    mine = (CarriedOut.scope == key.scope, CarriedOut.key == key.key)
    session.execute(update(CarriedOut).where(*mine).values(answer=dict(answer)))
