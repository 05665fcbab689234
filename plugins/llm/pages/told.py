"""What the addresses answer, as JSON: private, with errors as sentences."""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec

from flask import Response, url_for

from blog_core.api import BlogError, ValidationError
from plugins.llm.suggestions.stored import DecidedPiece, Suggestion
from plugins.llm.suggestions.waiting import News
from plugins.llm.suggestions.wish import Prepared
from plugins.llm.till.money import shown

P = ParamSpec("P")


def answer(data: Mapping[str, Any], status: int = 200) -> Response:
    """Data for one person."""
    response = Response(json.dumps(data), status, mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def telling_errors(view: Callable[P, Response]) -> Callable[P, Response]:
    """A view whose errors of ours are JSON: `message`, and `errors` by field."""

    @wraps(view)
    def told(*args: P.args, **kwargs: P.kwargs) -> Response:
        try:
            return view(*args, **kwargs)
        except BlogError as error:
            if error.status in {401, 403}:
                raise
            return _error(error)

    return told


def _error(error: BlogError) -> Response:
    data: dict[str, Any] = {"message": str(error)}
    if isinstance(error, ValidationError):
        data["errors"] = [{"field": one.field, "message": one.message} for one in error.errors]
    response = answer(data, error.status)
    retry_after_s = getattr(error, "retry_after_s", None)
    if retry_after_s is not None:
        response.headers["Retry-After"] = str(retry_after_s)
    return response


def suggestion_data(found: Suggestion) -> dict[str, Any]:
    """A suggestion with its pieces and addresses."""
    return {
        "id": found.id,
        "action": found.action,
        "title": found.title,
        "stage_id": found.stage_id,
        "field": found.field,
        "mode": found.mode,
        "state": found.state,
        "version": found.version,
        "variant": found.variant,
        "message": found.message,
        "provenance": dict(found.provenance),
        "pieces": [piece_data(number, one) for number, one in enumerate(found.pieces)],
        "urls": urls_of(found),
    }


def piece_data(number: int, one: DecidedPiece) -> dict[str, Any]:
    """A piece, its number and what became of it."""
    return {
        "number": number,
        **one.piece.as_dict(),
        "is_remark": one.piece.is_remark,
        "state": one.state,
    }


def urls_of(found: Suggestion) -> dict[str, str]:
    """Where a suggestion is looked at, followed, stopped, decided on and asked for again."""
    names = ("suggestion", "stream", "stop", "decide", "again")
    values: dict[str, Any] = {"post_id": found.post_id, "suggestion_id": found.id}
    return {name: url_for(f".llm_{name}", **values) for name in names}


def prepared_data(prepared: Prepared, currency: str, *, is_cached: bool) -> dict[str, Any]:
    """What will be sent, what it may cost, and what in it people don't see."""
    guess = prepared.estimate
    cost = "no price known" if guess.micros is None else f"at most {shown(guess.micros, currency)}"
    return {
        "action": prepared.action.name,
        "server": prepared.server,
        "model": prepared.request.model,
        "messages": [{"role": one.role, "text": one.text} for one in prepared.prompt.messages],
        "parts": [
            {"kind": one.kind.name.lower(), "origin": one.origin, "trusted": one.is_trusted}
            for one in prepared.prompt.parts
        ],
        "hidden": list(prepared.hidden),
        "input_tokens": guess.input_tokens,
        "output_tokens": guess.output_tokens,
        "exact": guess.exact,
        "cost": "nothing: the answer is there already" if is_cached else cost,
        "is_cached": is_cached,
    }


def news_data(news: News) -> dict[str, Any]:
    """News for a browser that polls."""
    return {
        "state": news.state,
        "text": news.text,
        "seen": news.seen_chars,
        "message": news.message,
    }
