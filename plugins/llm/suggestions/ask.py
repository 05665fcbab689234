"""Asks: from the cache, by joining a call under way, or by a call of its own."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.orm import Session

from blog_core.api import Actor, Query, Site, digest, get_value
from plugins.llm.actions.pieces import Piece
from plugins.llm.actions.reading import read_answer
from plugins.llm.calls.records import Begun, begin
from plugins.llm.calls.running import Outcome, RunningCall
from plugins.llm.model import LlmSuggestion
from plugins.llm.own import own_llm
from plugins.llm.provider import LlmText
from plugins.llm.suggestions.finishing import finish, settle_lost
from plugins.llm.suggestions.states import OPEN, READY, RUNNING
from plugins.llm.suggestions.wish import LLM, Prepared, Wish, allowed_hosts, may_edit, prepare
from plugins.llm.till.ledger import (
    CACHED,
    CALLED,
    JOINED,
    Booking,
    bill_of,
    book_cached,
    book_joined,
    book_reserved,
)

_VARIANTS = Query(
    "llm.variants",
    select(func.max(LlmSuggestion.variant).label("variant")).where(
        LlmSuggestion.post_id == bindparam("post_id"),
        LlmSuggestion.action == bindparam("action"),
        LlmSuggestion.base_digest == bindparam("base_digest"),
    ),
)


def ask(site: Site, wish: Wish, actor: Actor) -> int:
    """Ask for a suggestion; its id. It is ready, or runs and can be followed.

    Raises what `prepare` raises, `BudgetReached`, `TooManyRequests` when too much runs here, and
    the errors of permissions. Nothing is charged then.
    """
    if wish.post_id is not None:
        may_edit(site, actor, wish.post_id)
    else:
        site.access.require(actor, "create-posts")
    prepared = prepare(site, wish, actor)
    llm = own_llm(site, "An action")
    kept = get_value(site, LLM, prepared.key)
    if kept is not None:
        return _from_cache(site, wish, prepared, actor, kept)
    return _call(site, llm, wish, prepared, actor)


def ask_again(site: Site, wish: Wish, actor: Actor) -> int:
    """Ask for another answer than those that there are; the earlier ones stay."""
    prepared = prepare(site, wish, actor)
    rows = site.read(
        _VARIANTS,
        {
            "post_id": wish.post_id,
            "action": wish.action,
            "base_digest": digest(dict(prepared.material)),
        },
    )
    highest = rows[0]["variant"] if rows and rows[0]["variant"] is not None else wish.variant
    return ask(site, replace(wish, variant=highest + 1), actor)


def _from_cache(
    site: Site, wish: Wish, prepared: Prepared, actor: Actor, kept: Mapping[str, Any]
) -> int:
    with site.transaction(actor) as session:
        book_cached(session, _booking(site, wish, prepared, actor), kept["cost_micros"])
        provenance = {**_provenance(site, prepared), **kept["provenance"], "how": CACHED}
        return _add_ready(session, site, wish, prepared, actor, kept["text"], provenance)


def _call(site: Site, llm: LlmText, wish: Wish, prepared: Prepared, actor: Actor) -> int:
    llm.runner.take_place()
    is_ours = False
    try:
        with llm.runner.turn(prepared.key), site.transaction(actor) as session:
            begun = begin(
                session,
                prepared.request,
                prepared.key,
                worker=llm.runner.worker,
                at=site.clock(),
                store_prompt=llm.settings.store_texts,
            )
            for call_id in begun.lost:
                settle_lost(session, llm.settings, call_id)
            suggestion_id = _add_for(session, site, llm, wish, prepared, actor, begun)
        is_ours = begun.how == "new"
    finally:
        if not is_ours:
            llm.runner.give_place_back()
    if is_ours:
        llm.runner.start(site, _running(site, llm, prepared, begun.call_id))
    return suggestion_id


def _add_for(
    session: Session,
    site: Site,
    llm: LlmText,
    wish: Wish,
    prepared: Prepared,
    actor: Actor,
    begun: Begun,
) -> int:
    booking = _booking(site, wish, prepared, actor)
    provenance = {**_provenance(site, prepared), "how": CALLED if begun.how == "new" else JOINED}
    if begun.how == "new":
        book_reserved(session, llm.settings, booking, prepared.estimate, begun.call_id)
    else:
        book_joined(session, booking, begun.call_id)
    if begun.how == "done":
        bill = bill_of(session, begun.call_id)
        provenance |= bill.provenance(llm.settings.currency) if bill else {}
        return _add_ready(session, site, wish, prepared, actor, begun.text, provenance)
    row = _row(site, wish, prepared, actor, provenance)
    return _insert(session, {**row, "state": RUNNING, "pieces": [], "call_id": begun.call_id})


def _running(site: Site, llm: LlmText, prepared: Prepared, call_id: int) -> RunningCall:
    def ended(outcome: Outcome) -> None:
        finish(site, llm.settings, prepared.key, prepared.request, call_id, outcome)

    return RunningCall(call_id, prepared.request, ended)


def _add_ready(
    session: Session,
    site: Site,
    wish: Wish,
    prepared: Prepared,
    actor: Actor,
    text: str,
    provenance: Mapping[str, Any],
) -> int:
    """A suggestion whose answer is there. Raises `BadAnswer` if this editor's text can't use it."""
    reading = read_answer(prepared.action, text, prepared.material, allowed_hosts(site))
    row = _row(site, wish, prepared, actor, provenance)
    pieces = [stored(piece) for piece in reading.pieces]
    return _insert(session, {**row, "state": READY, "pieces": pieces})


def stored(piece: Piece) -> dict[str, Any]:
    """A piece as it is kept before anybody decided."""
    return {**piece.as_dict(), "state": OPEN}


def _row(
    site: Site, wish: Wish, prepared: Prepared, actor: Actor, provenance: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "post_id": wish.post_id,
        "account_id": actor.account_id,
        "at": site.clock(),
        "action": prepared.action.name,
        "stage_id": prepared.action.stage_id,
        "field": prepared.action.field,
        "variant": prepared.request.variant,
        "version": 1,
        "provenance": dict(provenance),
        "message": "",
        "base_digest": digest(dict(prepared.material)),
        "material": {**prepared.material, "options": dict(prepared.options)},
    }


def _insert(session: Session, row: Mapping[str, Any]) -> int:
    added = insert(LlmSuggestion).values(**row).returning(LlmSuggestion.id)
    return session.execute(added).scalar_one()


def _booking(site: Site, wish: Wish, prepared: Prepared, actor: Actor) -> Booking:
    return Booking(
        at=site.clock(),
        account_id=actor.account_id,
        post_id=wish.post_id,
        action=prepared.action.name,
        model=prepared.request.model,
        prompt=prepared.prompt.versions,
        key=prepared.key,
    )


def _provenance(site: Site, prepared: Prepared) -> dict[str, Any]:
    """What is known before the answer: model, server, prompt versions and the digest."""
    return {
        "model": prepared.request.model,
        "server": prepared.server,
        "prompt": prepared.prompt.versions,
        "key": prepared.key,
        "asked_at": site.clock().isoformat(),
    }
