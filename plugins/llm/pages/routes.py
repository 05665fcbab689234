"""The routes: what can be asked, asking, following, stopping, deciding. All answer in JSON."""

from collections.abc import Callable

from flask import Response, url_for

from blog_core.api import NEVER, Route, current_actor, current_site
from plugins.llm.actions.definitions import ACTIONS
from plugins.llm.offline.actions import OFFLINE_ACTIONS, run_offline
from plugins.llm.own import own_llm
from plugins.llm.pages.asked import (
    text_of_form,
    verdicts_of_form,
    version_of_form,
    wish_of_form,
)
from plugins.llm.pages.streaming import open_stream, seen_of_request
from plugins.llm.pages.told import (
    answer,
    news_data,
    prepared_data,
    suggestion_data,
    telling_errors,
)
from plugins.llm.suggestions.ask import ask, ask_again
from plugins.llm.suggestions.deciding import decide
from plugins.llm.suggestions.stored import find_suggestion, suggestions_of
from plugins.llm.suggestions.waiting import look, stop
from plugins.llm.suggestions.wish import is_cached, may_edit, prepare

MAX_FORM_BYTES = 4 * 1024 * 1024
SMALL_FORM_BYTES = 16 * 1024
POST = "/posts/<int(max=9223372036854775807):post_id>/llm"
ONE = f"{POST}/<int(max=9223372036854775807):suggestion_id>"


@telling_errors
def overview(post_id: int) -> Response:
    """What can be asked for this post, what is missing, and the actor's suggestions for it."""
    site, actor = current_site(), current_actor()
    may_edit(site, actor, post_id)
    missing = own_llm(site, "An action").settings.missing
    offered = [
        {
            "name": action.name,
            "title": action.title,
            "stage_id": action.stage_id,
            "field": action.field,
            "unavailable": missing,
            "options": [
                {"name": name, "title": option.title, "default": option.default}
                for name, option in action.options.items()
            ],
        }
        for action in ACTIONS.values()
    ]
    return answer(
        {
            "missing": missing,
            "actions": offered,
            "offline": [
                {"name": action.name, "title": action.title, "field": action.field}
                for action in OFFLINE_ACTIONS.values()
            ],
            "suggestions": [suggestion_data(one) for one in suggestions_of(site, post_id, actor)],
            "urls": {
                name: url_for(f".llm_{name}", post_id=post_id)
                for name in ("ask", "preview", "offline")
            },
        }
    )


@telling_errors
def offline(post_id: int) -> Response:
    """The result of an action that needs no model: `text`, for the field that it names."""
    may_edit(current_site(), current_actor(), post_id)
    wish = wish_of_form(post_id)
    text = run_offline(wish.action, wish.material.get("body", ""))
    return answer({"text": text, "field": OFFLINE_ACTIONS[wish.action].field})


@telling_errors
def preview(post_id: int) -> Response:
    """What an action would send, and what it may cost; nothing is sent."""
    site, actor = current_site(), current_actor()
    may_edit(site, actor, post_id)
    prepared = prepare(site, wish_of_form(post_id), actor)
    currency = own_llm(site, "An action").settings.currency
    return answer(prepared_data(prepared, currency, is_cached=is_cached(site, prepared)))


@telling_errors
def asked(post_id: int) -> Response:
    """Ask: 202 with the suggestion, which may be ready already."""
    site, actor = current_site(), current_actor()
    suggestion_id = ask(site, wish_of_form(post_id), actor)
    return answer(suggestion_data(find_suggestion(site, suggestion_id, actor, post_id)), 202)


@telling_errors
def again(post_id: int, suggestion_id: int) -> Response:
    """Ask for another answer to the same; the one that there is stays."""
    site, actor = current_site(), current_actor()
    may_edit(site, actor, post_id)
    found = find_suggestion(site, suggestion_id, actor, post_id)
    other_id = ask_again(site, found.wish, actor)
    return answer(suggestion_data(find_suggestion(site, other_id, actor, post_id)), 202)


@telling_errors
def one(post_id: int, suggestion_id: int) -> Response:
    """The suggestion; with `?seen=N` what is new beyond N characters, for browsers that poll."""
    site, actor = current_site(), current_actor()
    may_edit(site, actor, post_id)
    news = look(site, suggestion_id, seen_of_request())
    found = find_suggestion(site, suggestion_id, actor, post_id)
    return answer({**suggestion_data(found), "news": news_data(news)})


@telling_errors
def stream(post_id: int, suggestion_id: int) -> Response:
    """The suggestion's news as server-sent events."""
    site, actor = current_site(), current_actor()
    may_edit(site, actor, post_id)
    find_suggestion(site, suggestion_id, actor, post_id)
    return open_stream(site, suggestion_id)


@telling_errors
def stopped(post_id: int, suggestion_id: int) -> Response:
    """Stop a suggestion that runs."""
    site, actor = current_site(), current_actor()
    may_edit(site, actor, post_id)
    stop(site, suggestion_id, actor, post_id)
    return answer(suggestion_data(find_suggestion(site, suggestion_id, actor, post_id)))


@telling_errors
def decided(post_id: int, suggestion_id: int) -> Response:
    """Accept, refuse or reopen pieces: the suggestion, and the field's new text to be saved."""
    site, actor = current_site(), current_actor()
    may_edit(site, actor, post_id)
    suggestion, text = decide(
        site,
        suggestion_id,
        verdicts_of_form(),
        actor,
        post_id=post_id,
        text=text_of_form(),
        version=version_of_form(),
    )
    return answer({**suggestion_data(suggestion), "text": text})


def _route(name: str, rule: str, view: Callable[..., Response], max_form_bytes: int = 0) -> Route:
    return Route(
        endpoint=f"llm_{name}",
        rule=rule,
        view=view,
        permission="edit-posts",
        cache=NEVER,
        methods=("POST",) if max_form_bytes else ("GET",),
        max_body_bytes=max_form_bytes,
    )


ROUTES = (
    _route("overview", POST, overview),
    _route("preview", f"{POST}/preview", preview, MAX_FORM_BYTES),
    _route("offline", f"{POST}/offline", offline, MAX_FORM_BYTES),
    _route("ask", f"{POST}/ask", asked, MAX_FORM_BYTES),
    _route("suggestion", ONE, one),
    _route("stream", f"{ONE}/stream", stream),
    _route("stop", f"{ONE}/stop", stopped, SMALL_FORM_BYTES),
    _route("decide", f"{ONE}/decide", decided, MAX_FORM_BYTES),
    _route("again", f"{ONE}/again", again, SMALL_FORM_BYTES),
)
