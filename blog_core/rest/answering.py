"""What stands between a route of the API and its view: body, version, key, and the reply."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Response, request

from blog_core.caching import Page
from blog_core.content.once import Key, claim, keep
from blog_core.errors import Conflict, Forbidden, NotFound
from blog_core.operations import Operation
from blog_core.rest.asking import body_of, key_asked, version_asked
from blog_core.rest.problems import problem
from blog_core.rest.reply import Reply
from blog_core.routes import Route, View

if TYPE_CHECKING:
    from blog_core.site import Site

JSON = "application/json"
VARY = ("Vary", "Accept-Encoding, Authorization")
REPLAYED = "Idempotency-Replayed"


def answering(site: "Site", route: Route) -> Route:
    """The route with a view that does what its operation declares."""
    operation = route.operation
    if operation is None:
        raise TypeError(f"The route {route.endpoint!r} of the API declares no operation.")
    return replace(route, view=_view(site, route.view, operation, is_shared=route.cache.stored))


def _view(site: "Site", view: View, operation: Operation, *, is_shared: bool) -> View:
    def answer(**given: Any) -> Response | Page:
        asked: dict[str, Any] = {}
        if operation.versioned:
            asked["version"] = version_asked()
        if operation.body is not None:
            asked["body"] = body_of(operation)
        key = key_asked(site.access.current_actor()) if operation.once else None
        try:
            if key is not None:
                return _once(site, key, view, {**given, **asked})
            reply = view(**given, **asked)
        except Conflict as error:
            if operation.current is None:
                raise
            return problem(error, _current(operation.current, given))
        if is_shared and "Authorization" not in request.headers:
            return Page(reply.text, reply.status, JSON, headers=(*reply.headers, VARY))
        return _response(reply)

    return answer


def _current(view: View, given: Mapping[str, Any]) -> Reply | None:
    """What stands there now, if the one who was too late may read it."""
    with suppress(NotFound, Forbidden):
        reply: Reply = view(**given)
        return reply
    return None


def _once(site: "Site", key: Key, view: View, given: Mapping[str, Any]) -> Response:
    """Carry a request out, or give the answer of the first time, in one transaction."""
    with site.transaction() as session:
        known = claim(session, key)
        if known is None:
            reply: Reply = view(**given)
            text, headers = reply.text, [list(pair) for pair in reply.headers]
            keep(session, key, {"status": reply.status, "headers": headers, "text": text})
    if known is None:
        return _response(reply)
    response = Response(known["text"] or None, known["status"], mimetype=JSON)
    for name, value in known["headers"]:
        response.headers[name] = value
    response.headers[REPLAYED] = "true"
    return response


def _response(reply: Reply) -> Response:
    response = Response(reply.text or None, reply.status, mimetype=JSON)
    if reply.body is None:
        del response.headers["Content-Type"]
    for name, value in reply.headers:
        response.headers[name] = value
    if request.method in {"GET", "HEAD"}:
        response.headers["Vary"] = VARY[1]
        response.make_conditional(request)
    return response
