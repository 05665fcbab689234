"""Accepts and refuses pieces. It gives the field's new text back; saving it is an ordinary save."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import update

from blog_core.api import Actor, BlogError, Conflict, FieldError, Site, ValidationError
from plugins.llm.model import LlmSuggestion
from plugins.llm.own import own_llm
from plugins.llm.suggestions.states import ACCEPTED, DECIDED, OPEN, READY, REFUSED
from plugins.llm.suggestions.stored import DecidedPiece, Suggestion, find_suggestion

_VERDICTS = (ACCEPTED, REFUSED, OPEN)


class TextMoved(BlogError):
    """The text of the field is not the one that the pieces were cut from."""

    status = 412

    def __init__(self, field: str) -> None:
        super().__init__(
            f"The {field} was changed since this was suggested, so the pieces may not fit any "
            f"more. Nothing was changed: ask again for the text as it is now."
        )


class NotReady(BlogError):
    """The suggestion has no pieces to decide on: it runs, failed, or is decided."""

    status = 409

    def __init__(self, suggestion: Suggestion) -> None:
        super().__init__(
            f"Suggestion {suggestion.id} is {suggestion.state}, so there is nothing to decide. "
            f"{suggestion.message}".strip()
        )


def decide(
    site: Site,
    suggestion_id: int,
    verdicts: Mapping[int, str],
    actor: Actor,
    *,
    post_id: int | None,
    text: str,
    version: int,
) -> tuple[Suggestion, str]:
    """Accept, refuse or reopen pieces by their numbers; the suggestion and the field's new text.

    `text` is what stands in the field now: the text that was sent, with the pieces accepted so
    far. `version` is the suggestion's as last seen. When no piece is open any more its texts are
    let go. Raises `TextMoved`, `Conflict`, `NotReady`, `NotFound` and `ValidationError`.
    """
    found = find_suggestion(site, suggestion_id, actor, post_id)
    if found.state != READY:
        raise NotReady(found)
    if found.version != version:
        raise Conflict("suggestion", suggestion_id, seen=version, current=found.version)
    _check(found, verdicts)
    if text != found.text_with(found.accepted):
        raise TextMoved(found.field)
    decided = _decided(site, found, verdicts)
    new_text = decided.text_with(decided.accepted)
    _write(site, decided, version, actor)
    return decided, new_text


def _check(found: Suggestion, verdicts: Mapping[int, str]) -> None:
    last = len(found.pieces) - 1
    faults = [
        FieldError("pieces", "unknown", f"found the number {number}, expected 0 to {last}")
        for number in verdicts
        if not 0 <= number <= last
    ]
    faults += [
        FieldError("verdict", "unknown", f"found {one[:20]!r}, expected accepted, refused or open")
        for one in sorted(set(verdicts.values()) - set(_VERDICTS))
    ]
    if faults:
        raise ValidationError(faults)


def _decided(site: Site, found: Suggestion, verdicts: Mapping[int, str]) -> Suggestion:
    at = site.clock().isoformat()
    pieces = list(found.pieces)
    for number, verdict in verdicts.items():
        pieces[number] = DecidedPiece(pieces[number].piece, verdict, at)
    if found.mode == "choice":
        # Of several proposals for one field the last accepted one stands.
        chosen = [number for number, verdict in verdicts.items() if verdict == ACCEPTED][-1:]
        for number, one in enumerate(pieces):
            if chosen and one.state == ACCEPTED and number != chosen[0]:
                pieces[number] = DecidedPiece(one.piece, REFUSED, at)
    decided = replace(found, pieces=tuple(pieces), version=found.version + 1)
    return decided if decided.open else replace(decided, state=DECIDED)


def _write(site: Site, decided: Suggestion, version: int, actor: Actor) -> None:
    keeps = own_llm(site, "A suggestion").settings.store_texts or decided.state != DECIDED
    values: dict[str, Any] = {
        "pieces": [_row(one, keeps_text=keeps) for one in decided.pieces],
        "state": decided.state,
        "version": decided.version,
        "material": dict(decided.material) if keeps else {},
    }
    same = (LlmSuggestion.id == decided.id) & (LlmSuggestion.version == version)
    moved = update(LlmSuggestion).where(same).values(**values).returning(LlmSuggestion.id)
    with site.transaction(actor) as session:
        if session.execute(moved).scalar_one_or_none() is None:
            raise Conflict("suggestion", decided.id, seen=version, current=version + 1)


def _row(one: DecidedPiece, *, keeps_text: bool) -> dict[str, Any]:
    row = {**one.piece.as_dict(), "state": one.state, "decided_at": one.decided_at}
    return row if keeps_text else {**row, "before": "", "after": "", "note": ""}
