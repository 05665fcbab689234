"""Follows a suggestion while it grows: in this process by its thread, in others by its row.

No database connection is held in between: each look is one short statement.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select, update

from blog_core.api import SYSTEM, Actor, Site
from plugins.llm.actions.definitions import find_action
from plugins.llm.calls import records
from plugins.llm.calls.errors import BadAnswer
from plugins.llm.calls.running import LOST_AFTER
from plugins.llm.model import LlmSuggestion
from plugins.llm.own import own_llm
from plugins.llm.suggestions.ask import ask
from plugins.llm.suggestions.finishing import STOPPED_TEXT, settle_lost
from plugins.llm.suggestions.states import READY, RUNNING, STOPPED
from plugins.llm.suggestions.stored import find_suggestion, how_far
from plugins.llm.suggestions.wish import Wish

LOOK_S = 0.5
QUIET_S = 15.0
"""After so long without news a follower is told that the connection is alive."""


@dataclass(frozen=True, slots=True)
class News:
    """What is new: a piece of text that ends at `seen_chars`, the end with its state, or both.
    Neither means that there is none yet."""

    text: str
    seen_chars: int
    state: str = RUNNING
    message: str = ""


def look(site: Site, suggestion_id: int, seen_chars: int) -> News:
    """What is new since `seen_chars`. A suggestion whose call was lost is ended here."""
    far = how_far(site, suggestion_id)
    is_running = far["state"] == RUNNING
    call = own_llm(site, "A suggestion").runner.find(far["call_id"]) if is_running else None
    if is_running and call is None and far["seen_at"] < site.clock() - LOST_AFTER:
        _end_lost(site, far["call_id"])
        return look(site, suggestion_id, seen_chars)
    if is_running and call is None and not far["is_watched"]:
        with site.transaction(SYSTEM) as session:
            records.watch(session, far["call_id"])
    text = call.text.text if call is not None else far["text"] or ""
    new = text[seen_chars:]
    return News(new, seen_chars + len(new), far["state"], far["message"])


def follow(
    site: Site,
    suggestion_id: int,
    seen_chars: int,
    *,
    within_s: float,
    wait: Callable[[float], object] = time.sleep,
) -> Iterator[News]:
    """All news until the end; every `QUIET_S` some without text. Ends after `within_s` at the
    latest: who still wants more comes back with what they have seen."""
    runner = own_llm(site, "A suggestion").runner
    ends_at_s = time.monotonic() + within_s
    told_at_s = time.monotonic()
    while time.monotonic() < ends_at_s:
        news = look(site, suggestion_id, seen_chars)
        if news.text or news.state != RUNNING or time.monotonic() - told_at_s >= QUIET_S:
            told_at_s, seen_chars = time.monotonic(), news.seen_chars
            yield news
        if news.state != RUNNING:
            return
        call = runner.find(how_far(site, suggestion_id)["call_id"])
        if call is None:
            wait(LOOK_S)
            continue
        while not call.text.has_ended and time.monotonic() < ends_at_s:
            if call.text.wait(seen_chars, QUIET_S):
                new = call.text.text[seen_chars:]
                seen_chars += len(new)
                yield News(new, seen_chars)
            else:
                yield News("", seen_chars)


def stop(site: Site, suggestion_id: int, actor: Actor, post_id: int | None) -> None:
    """Stop a suggestion; its call is stopped too, unless somebody else waits for it."""
    found = find_suggestion(site, suggestion_id, actor, post_id)
    if found.state != RUNNING or found.call_id is None:
        return
    waits = (LlmSuggestion.call_id == found.call_id) & (LlmSuggestion.state == RUNNING)
    with site.transaction(actor) as session:
        if not records.is_running(session, found.call_id):
            return
        mine = waits & (LlmSuggestion.id == suggestion_id)
        gone = {"state": STOPPED, "message": STOPPED_TEXT}
        session.execute(update(LlmSuggestion).where(mine).values(**gone))
        is_last = not session.scalar(select(func.count()).select_from(LlmSuggestion).where(waits))
        if is_last:
            records.stop(session, found.call_id)
    call = own_llm(site, "A suggestion").runner.find(found.call_id) if is_last else None
    if call is not None:
        call.stopping.set()


def run_now(site: Site, action: str, text: str, actor: Actor) -> str:
    """Ask, wait for the answer, and accept what can be: for programs that want a text at once.

    Raises `BadAnswer` when there is none, and what `ask` raises.
    """
    found = find_action(action)
    material = {"body": text} if "body" in found.material else {found.material[0]: text}
    suggestion_id = ask(site, Wish(action, material), actor)
    deadline_s = own_llm(site, "An action").settings.deadline_s
    for _ in follow(site, suggestion_id, 0, within_s=deadline_s + QUIET_S):
        pass
    suggestion = find_suggestion(site, suggestion_id, actor, None)
    if suggestion.state != READY:
        raise BadAnswer(suggestion.message or f"it is still {suggestion.state}")
    everything = frozenset(range(len(suggestion.pieces)))
    return suggestion.text_with(everything if suggestion.mode != "choice" else frozenset({0}))


def _end_lost(site: Site, call_id: int) -> None:
    settings = own_llm(site, "A suggestion").settings
    with site.transaction(SYSTEM) as session:
        if records.is_running(session, call_id):
            records.end(session, call_id, records.FAILED, None, site.clock())
            settle_lost(session, settings, call_id)
