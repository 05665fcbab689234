"""The rows of calls: one begins what many ask for, in whichever process, and the others join it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from blog_core.api import insert_on
from plugins.llm.calls.request import ModelRequest
from plugins.llm.calls.running import LOST_AFTER
from plugins.llm.model import LlmCall

if TYPE_CHECKING:
    from sqlalchemy import Row

KEPT = timedelta(minutes=10)
"""How long the text of an ended call stays in its row, for those who read it from there."""

RUNNING, DONE, FAILED, STOPPED = "running", "done", "failed", "stopped"


@dataclass(frozen=True, slots=True)
class Begun:
    """The call that answers a request: a new one, one under way, or one that has just ended.

    `lost` are calls that were found dead on the way, to be settled.
    """

    call_id: int
    how: Literal["new", "running", "done"]
    text: str = ""
    lost: tuple[int, ...] = ()


def begin(
    session: Session,
    request: ModelRequest,
    key: str,
    *,
    worker: str,
    at: datetime,
    store_prompt: bool,
) -> Begun:
    """Begin the call of `key`, or join the one that there is. All processes agree: of two that
    begin at once the database lets one insert the row."""
    lost: list[int] = []
    while True:
        running = _running(session, key)
        if running is not None and running.seen_at >= at - LOST_AFTER:
            return Begun(running.id, "running", lost=tuple(lost))
        if running is not None:
            end(session, running.id, FAILED, None, at)
            lost.append(running.id)
        call_id = _insert(session, request, key, worker=worker, at=at, store_prompt=store_prompt)
        if call_id is not None:
            # Nobody else can begin now, so a call of this key that ended is seen here, or none did.
            done = _just_done(session, key, at)
            if done is None:
                return Begun(call_id, "new", lost=tuple(lost))
            session.execute(delete(LlmCall).where(LlmCall.id == call_id))
            return Begun(done[0], "done", done[1], tuple(lost))
        # Somebody else began at the same moment: that call is found now, or has ended already.


def _running(session: Session, key: str) -> "Row[int, datetime] | None":
    """The call of this key that is under way. Those who join lock its row against its end alone,
    not against each other."""
    return session.execute(
        select(LlmCall.id, LlmCall.seen_at)
        .where(LlmCall.running_key == key)
        .with_for_update(read=True)
    ).one_or_none()


def _insert(
    session: Session,
    request: ModelRequest,
    key: str,
    *,
    worker: str,
    at: datetime,
    store_prompt: bool,
) -> int | None:
    said = [[one.role, one.text] for one in request.messages] if store_prompt else None
    row = insert_on(session, LlmCall).values(
        key=key,
        running_key=key,
        worker=worker,
        state=RUNNING,
        stop_asked=False,
        is_watched=False,
        began_at=at,
        seen_at=at,
        prompt=said,
        text="",
    )
    added = row.on_conflict_do_nothing(index_elements=["running_key"]).returning(LlmCall.id)
    found: int | None = session.execute(added).scalar_one_or_none()
    return found


def _just_done(session: Session, key: str, at: datetime) -> tuple[int, str] | None:
    row = session.execute(
        select(LlmCall.id, LlmCall.text)
        .where(LlmCall.key == key, LlmCall.state == DONE, LlmCall.ended_at >= at - KEPT)
        .order_by(LlmCall.id.desc())
        .limit(1)
    ).one_or_none()
    return (row.id, row.text) if row else None


def is_running(session: Session, call_id: int) -> bool:
    """Whether a call has not ended; its row is locked until the transaction's end."""
    found = select(LlmCall.state).where(LlmCall.id == call_id).with_for_update()
    return session.scalar(found) == RUNNING


def end(session: Session, call_id: int, state: str, text: str | None, at: datetime) -> None:
    """Note the end of a call; `text` None leaves what was noted of it last."""
    values = {"state": state, "running_key": None, "ended_at": at}
    if text is not None:
        values["text"] = text
    session.execute(update(LlmCall).where(LlmCall.id == call_id).values(**values))


def stop(session: Session, call_id: int) -> None:
    """Ask the process that runs a call to stop it; a request like it begins anew."""
    session.execute(
        update(LlmCall)
        .where(LlmCall.id == call_id, LlmCall.state == RUNNING)
        .values(stop_asked=True, running_key=None)
    )


def watch(session: Session, call_id: int) -> None:
    """Have the process that runs a call write down how far it is."""
    same = (LlmCall.id == call_id) & ~LlmCall.is_watched
    session.execute(update(LlmCall).where(same).values(is_watched=True))


def forget_ended(session: Session, at: datetime) -> None:
    """Delete the calls that ended some time ago; what they cost stands in the ledger."""
    old = select(LlmCall.id).where(LlmCall.ended_at < at - KEPT).with_for_update(skip_locked=True)
    session.execute(delete(LlmCall).where(LlmCall.id.in_(old)))
