"""Server-sent events of a suggestion: its text as it grows, then how it ended.

The id of an event is the number of characters seen with it. A browser that comes back sends it as
`Last-Event-ID` and gets the rest, from whichever process it reaches.
"""

import json
from collections.abc import Iterator

from flask import Response, request

from blog_core.api import Site
from plugins.llm.own import own_llm
from plugins.llm.suggestions.states import RUNNING
from plugins.llm.suggestions.waiting import News, follow

LONGEST_S = 300.0
AGAIN_MS = 1_000
"""After a stream that ended in the middle a browser comes back after this long."""

HEADERS = {
    "Cache-Control": "private, no-store, no-transform",
    "X-Accel-Buffering": "no",  # nginx and others would collect the events
    "Content-Encoding": "identity",
}


def open_stream(site: Site, suggestion_id: int) -> Response:
    """A stream of a suggestion's news. Raises `Unavailable` when all places are taken."""
    places = own_llm(site, "A stream").places
    places.take()
    news = follow(site, suggestion_id, seen_of_request(), within_s=LONGEST_S)
    response = Response(_events(news), mimetype="text/event-stream", headers=HEADERS)
    response.call_on_close(places.give_back)
    return response


def seen_of_request() -> int:
    """How many characters the browser has: by `Last-Event-ID`, else by the parameter `seen`."""
    text = request.headers.get("Last-Event-ID") or request.args.get("seen", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _events(news: Iterator[News]) -> Iterator[str]:
    yield f"retry: {AGAIN_MS}\n\n"
    for one in news:
        if one.text:
            yield f"event: text\nid: {one.seen_chars}\ndata: {json.dumps(one.text)}\n\n"
        elif one.state == RUNNING:
            yield ": still running\n\n"
        if one.state != RUNNING:
            ended = json.dumps({"state": one.state, "message": one.message})
            yield f"event: end\ndata: {ended}\n\n"
