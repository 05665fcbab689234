"""What happens when a call ends: the till is settled, the answer read, the suggestions filled."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, select, update
from sqlalchemy.orm import Session

from blog_core.api import SYSTEM, BlogError, Site, digest, set_value
from plugins.llm.actions.definitions import find_action
from plugins.llm.actions.reading import Reading, read_answer
from plugins.llm.calls import records
from plugins.llm.calls.errors import BadAnswer
from plugins.llm.calls.request import ModelRequest
from plugins.llm.calls.running import Outcome
from plugins.llm.calls.server import TOO_LATE
from plugins.llm.model import LlmSuggestion
from plugins.llm.settings import LlmSettings
from plugins.llm.suggestions.states import FAILED, OPEN, READY, RUNNING, STOPPED
from plugins.llm.suggestions.wish import LLM, allowed_hosts
from plugins.llm.till import ledger
from plugins.llm.till.estimate import counted_here
from plugins.llm.till.ledger import NOTHING, Bill
from plugins.llm.till.prices import price_of

_REASONS = {
    "length": "it was cut off at the longest answer allowed",
    "content_filter": "the provider's filter held it back",
    "": "the connection ended before the answer did",
    TOO_LATE: "it took longer than [llm] deadline_s allows",
    "tool_calls": "it asks for a tool, and there are none",
    "function_call": "it asks for a tool, and there are none",
}
LOST = "The server that asked the model was stopped. The text was not changed; ask again."
STOPPED_TEXT = "Stopped. What came until then is charged, and nothing was changed."


def finish(
    site: Site,
    settings: LlmSettings,
    key: str,
    request: ModelRequest,
    call_id: int,
    outcome: Outcome,
) -> None:
    """Write down how a call ended. Good answers go to the cache, after the commit."""
    error = outcome.error or _fault_of(outcome)
    bill = _bill(site, request, outcome)
    readings = _Readings(site, outcome.text)
    with site.transaction(SYSTEM) as session:
        if not records.is_running(session, call_id):
            return
        is_good = error is None and _fill(
            session, call_id, readings, bill.provenance(settings.currency)
        )
        if outcome.was_stopped:
            _tell(session, call_id, STOPPED, STOPPED_TEXT)
        elif error is not None:
            _tell(session, call_id, FAILED, str(error))
        state = records.DONE if is_good else records.FAILED
        records.end(session, call_id, state, outcome.text, site.clock())
        ending = ledger.CALLED if is_good else ledger.FAILED
        booked = ledger.STOPPED if outcome.was_stopped else ending
        times = (outcome.first_ms, outcome.total_ms)
        ledger.close(session, settings, call_id, bill, booked, times)
    if not settings.store_texts:
        with site.transaction(SYSTEM) as session:
            records.forget_ended(session, site.clock())
    if is_good:
        kept = {"text": outcome.text, "cost_micros": bill.micros}
        set_value(site, LLM, key, {**kept, "provenance": bill.provenance(settings.currency)})


def settle_lost(session: Session, settings: LlmSettings, call_id: int) -> None:
    """Settle a call whose process died: what the provider charges is not known, so all that was put
    aside for it counts as used."""
    bill = ledger.reserved_bill(session, call_id)
    if bill is not None:
        ledger.close(session, settings, call_id, bill, ledger.FAILED)
    _tell(session, call_id, FAILED, LOST)


class _Readings:
    """The answer as each suggestion reads it, made once for equal texts."""

    def __init__(self, site: Site, text: str) -> None:
        self._site, self._text = site, text
        self._known: dict[tuple[str, str], Reading | BadAnswer] = {}

    def of(self, suggestion: RowMapping) -> Reading | BadAnswer:
        """The pieces for a suggestion, or why there are none."""
        place = suggestion["action"], digest(suggestion["material"])
        if place not in self._known:
            self._known[place] = self._read(suggestion)
        return self._known[place]

    def _read(self, suggestion: RowMapping) -> Reading | BadAnswer:
        material: Mapping[str, Any] = suggestion["material"]
        texts = {name: text for name, text in material.items() if isinstance(text, str)}
        try:
            action = find_action(suggestion["action"])
            return read_answer(action, self._text, texts, allowed_hosts(self._site))
        except BadAnswer as error:
            return error


def _fill(
    session: Session, call_id: int, readings: _Readings, provenance: Mapping[str, Any]
) -> bool:
    """Give every waiting suggestion its pieces; whether any could use the answer."""
    is_good = False
    for suggestion in _waiting(session, call_id):
        reading = readings.of(suggestion)
        values: dict[str, Any] = {"state": FAILED, "message": str(reading)}
        if isinstance(reading, Reading):
            is_good = True
            pieces = [{**piece.as_dict(), "state": OPEN} for piece in reading.pieces]
            known = {**suggestion["provenance"], **provenance}
            values = {"state": READY, "pieces": pieces, "provenance": known}
            if reading.removed_links:
                count = len(reading.removed_links)
                values["message"] = f"{count} links to places the text does not name were removed."
        session.execute(
            update(LlmSuggestion).where(LlmSuggestion.id == suggestion["id"]).values(**values)
        )
    return is_good


def _waiting(session: Session, call_id: int) -> Sequence[RowMapping]:
    columns = (
        LlmSuggestion.id,
        LlmSuggestion.action,
        LlmSuggestion.material,
        LlmSuggestion.provenance,
    )
    waits = (LlmSuggestion.call_id == call_id) & (LlmSuggestion.state == RUNNING)
    return session.execute(select(*columns).where(waits)).mappings().all()


def _tell(session: Session, call_id: int, state: str, message: str) -> None:
    waits = (LlmSuggestion.call_id == call_id) & (LlmSuggestion.state == RUNNING)
    session.execute(update(LlmSuggestion).where(waits).values(state=state, message=message))


def _fault_of(outcome: Outcome) -> BlogError | None:
    reason = _REASONS.get(outcome.end.reason)
    return BadAnswer(reason) if reason else None


def _bill(site: Site, request: ModelRequest, outcome: Outcome) -> Bill:
    """What a call cost: by the server's count, else by ours as soon as anything came."""
    price = price_of(site, request.model, site.clock().date())
    if outcome.end.usage is not None:
        return Bill.of(outcome.end.usage, price, exact=True)
    if not outcome.text:
        return NOTHING
    return Bill.of(counted_here(request.text, outcome.text), price, exact=False)
