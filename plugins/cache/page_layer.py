"""Cached pages before Flask: a WSGI layer that answers strangers from memory.

It learns from the answers that pass through: what the page cache inside Flask answered from an
entry is answered here the next time. It is checked as everything from the cache is, by time and by
stamps; `__call__` does not ask again what was asked within a second and cannot have changed.
Bodies are lists of one: granian sends those at once, and anything else piece by piece.
"""

from collections.abc import Callable, Iterable
from time import monotonic
from typing import TYPE_CHECKING

from blog_core.api import LATEST, Counter, StoredPage, Strangers, decision_of, has_etag

from .memory import MOST_USES, Item, Memory
from .ready import Answer, Place, Ready

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from blog_core.api import Stamps


class PageLayer:
    """Wraps a WSGI app. `applies()` is asked once, at the first request: whether to look at all."""

    def __init__(
        self,
        app: "WSGIApplication",
        *,
        memory: Memory,
        stamps: "Stamps",
        strangers: Strangers,
        now_s: Callable[[], float],
        applies: Callable[[], bool],
        counted: Callable[[str], Counter],
    ) -> None:
        self._app, self._memory, self._stamps = app, memory, stamps
        self._strangers, self._now_s = strangers, now_s
        self._applies, self._counted = applies, counted
        self._is_on: bool | None = None
        self._by_path = memory.by_path

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer from memory, or let the app answer and learn from it."""
        ready = self._by_path.get(environ["PATH_INFO"])
        if (
            ready is not None
            and monotonic() < ready.good_until
            and self._stamps.words[LATEST] == ready.latest
            and environ["REQUEST_METHOD"] == "GET"
            and "HTTP_COOKIE" not in environ
            and "HTTP_AUTHORIZATION" not in environ
            and environ.get("HTTP_HOST") == ready.host
            and environ.get("QUERY_STRING") == ready.query
            and environ.get("SCRIPT_NAME") == ready.script
            and environ["wsgi.url_scheme"] == ready.scheme
        ):
            found = ready.by_header.get(environ.get("HTTP_ACCEPT_ENCODING"))
            if found is not None:
                ready.hits.inc()
                asked = environ.get("HTTP_IF_NONE_MATCH")
                if asked is None:
                    start_response("200 OK", found.whole[:])
                    return [found.body]
                if asked == found.etag:
                    start_response("304 Not Modified", found.unchanged[:])
                    return [b""]
                return _answer(found, environ, start_response)
        return self._look_closer(environ, start_response)

    def _look_closer(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """The same with every question asked."""
        if self._is_on is None:
            self._is_on = self._applies()
        if not self._is_on or self._strangers.bypass(environ):
            return self._app(environ, start_response)
        place = place_of(environ)
        ready = self._memory.pages.get(place)
        if ready is not None and self._renew(ready):
            found = ready.answer(environ.get("HTTP_ACCEPT_ENCODING"))
            if found is not None:
                ready.hits.inc()
                return _answer(found, environ, start_response)
        return self._learn(place, environ, start_response)

    def _renew(self, ready: Ready) -> bool:
        """Whether the page is still valid; if so, let it be used for a while without asking."""
        item = self._memory.items.get(ready.key)
        if item is None or item.ready is not ready or self._stamps.moved(item.stamp):
            return False
        now_s, now = self._now_s(), monotonic()
        if now_s >= item.expires_at:
            return False
        if item.uses < MOST_USES:
            item.uses += 1
        if now >= ready.good_until or ready.latest != item.stamp.latest:
            age_s = now_s - item.entry.stored_at
            of_this_second_s = 1.0 - age_s % 1.0
            ready.renew(
                int(age_s),
                good_until=min(
                    now + of_this_second_s, now + item.expires_at - now_s, self._stamps.look_at
                ),
                latest=item.stamp.latest,
            )
        return True

    def _learn(
        self, place: Place, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Make ready what is asked for again: a crawler asks once."""
        answer = self._app(environ, start_response)
        decision = decision_of(environ)
        if decision is not None and decision.is_kept:
            item = self._memory.items.get(decision.key)
            is_asked_again = item is not None and (decision.outcome == "hit" or item.was_ready)
            if item is not None and is_asked_again and item.ready is None:
                self._make_ready(item, place)
        return answer

    def _make_ready(self, item: Item, place: Place) -> None:
        page = StoredPage.decode(item.entry.value)
        self._memory.add_ready(item, Ready(item.key, page, place, self._counted(page.route)))


def place_of(environ: "WSGIEnvironment") -> Place:
    """Where a request goes. Taken before the app is called: what it changes in the environment is
    not what the next request brings."""
    return Place(
        environ["PATH_INFO"],
        environ.get("HTTP_HOST"),
        environ.get("QUERY_STRING"),
        environ.get("SCRIPT_NAME"),
        environ["wsgi.url_scheme"],
    )


def _answer(
    found: Answer, environ: "WSGIEnvironment", start_response: "StartResponse"
) -> Iterable[bytes]:
    asked = environ.get("HTTP_IF_NONE_MATCH")
    if asked and has_etag(asked, found.etag):
        start_response("304 Not Modified", found.unchanged[:])
        return [b""]
    start_response("200 OK", found.whole[:])
    return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [found.body]
