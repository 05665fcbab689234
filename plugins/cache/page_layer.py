"""Cached pages before Flask: a WSGI layer that answers strangers from memory.

It learns from the answers that pass through: what the page cache inside Flask answered from an
entry is answered here the next time. It is checked as everything from the cache is, by time and by
stamps; what was asked within a second and cannot have changed is not asked again (`fast_path`).
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

    def wsgi(self) -> "WSGIApplication":
        """The wrapped app. A closure, for it looks at little; see `fast_path` for why that counts.

        What is compared here is what cannot have changed since `look_closer` compared the rest.
        """
        by_header, look_closer = self._memory.fast.by_header, self.look_closer

        def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            try:
                # fmt: off
                (good_until, words, latest, host, query, script, scheme,
                 etag, headers, headers_304, body) = (
                    by_header[environ.get("HTTP_ACCEPT_ENCODING")][environ["PATH_INFO"]]
                )
                # fmt: on
                is_known = (
                    monotonic() < good_until
                    and words[LATEST] == latest
                    and environ["REQUEST_METHOD"] == "GET"
                    and "HTTP_COOKIE" not in environ
                    and "HTTP_AUTHORIZATION" not in environ
                    and environ["HTTP_HOST"] == host
                    and environ["QUERY_STRING"] == query
                    and environ["SCRIPT_NAME"] == script
                    and environ["wsgi.url_scheme"] == scheme
                )
            except KeyError:
                is_known = False
            if is_known:
                if "HTTP_IF_NONE_MATCH" not in environ:
                    start_response("200 OK", headers())
                    return [body]
                if environ["HTTP_IF_NONE_MATCH"] == etag:
                    start_response("304 Not Modified", headers_304())
                    return [b""]
            return look_closer(environ, start_response)

        return answer

    def look_closer(
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
            accepts = environ.get("HTTP_ACCEPT_ENCODING")
            is_second = ready.note_repeat(accepts)
            found = ready.answer(accepts)
            if found is not None:
                if is_second:
                    self._memory.fast.add(ready, accepts, found, self._stamps.words)
                ready.count(1)
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
        hits = self._counted(page.route)
        ready = Ready(item.key, page, place, hits, counts=item.counts, built_s=item.built_s)
        self._memory.add_ready(item, ready)


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
