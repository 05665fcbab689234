"""What the page layer looks at first: pages that were asked for twice within a second.

Between two requests the processor forgets this code; a bytecode then costs about 12 ns (estimated
on granian under load; decision 9). So a page is one flat tuple behind two look-ups, and
counting costs nothing: the headers are copied by an iterator that knows how many copies it gave.
Once a second a thread adds these to the metrics, and takes out what is good no more.
"""

from collections.abc import Callable
from itertools import repeat
from operator import length_hint
from threading import Lock, Thread
from time import monotonic, sleep
from typing import NamedTuple

from .ready import Answer, Headers, Ready

FastPage = tuple[
    float,  # good until, on the clock of time.monotonic
    memoryview,  # the words of the stamps
    int,  # the latest stamp, as long as nothing moved
    str | None,  # host
    str | None,  # query
    str | None,  # script
    str,  # scheme
    str,  # entity tag
    Callable[[], Headers],  # a copy of the headers for 200
    Callable[[], Headers],  # and for 304
    bytes,  # body
]

SETTLE_EACH_S = 1.0
_MOST_HEADERS = 64
_MANY = 2**62


class Copies:
    """Gives copies of a list of headers, and knows how many it gave."""

    __slots__ = ("_before", "_left", "give")

    def __init__(self, headers: Headers) -> None:
        self._left, self._before = repeat(headers, _MANY), _MANY
        self.give: Callable[[], Headers] = map(list, self._left).__next__

    def given(self) -> int:
        """How many since this was asked last."""
        left = length_hint(self._left)
        given, self._before = self._before - left, left
        return given


class _Held(NamedTuple):
    header: str | None
    path: str
    page: FastPage
    copies: tuple[Copies, Copies]
    ready: Ready


class FastPath:
    """Pages by the Accept-Encoding header and the path of a request."""

    def __init__(self) -> None:
        self.by_header: dict[str | None, dict[str, FastPage]] = {}
        self._held: list[_Held] = []
        self._thread: Thread | None = None
        self._lock = Lock()

    def add(self, ready: Ready, header: str | None, answer: Answer, words: memoryview) -> None:
        """Have the next request like this one answered from here, until a look is due again.

        `header` is its Accept-Encoding; `words` are those of the stamps the page was checked by.
        """
        copies = Copies(answer.whole), Copies(answer.unchanged)
        path, host, query, script, scheme = ready.place
        moment = ready.good_until, words, ready.latest
        sent = answer.etag, copies[0].give, copies[1].give, answer.body
        page: FastPage = (*moment, host, query, script, scheme, *sent)
        with self._lock:
            if ready.is_dropped:
                return
            if header not in self.by_header and len(self.by_header) >= _MOST_HEADERS:
                self.by_header.clear()
            self.by_header.setdefault(header, {})[path] = page
            self._held.append(_Held(header, path, page, copies, ready))
            self._see_to_thread()

    def forget(self, path: str) -> None:
        """Answer no more from what is held for this path."""
        with self._lock:
            for pages in self.by_header.values():
                pages.pop(path, None)

    def settle(self) -> None:
        """Add what was answered to the metrics, and let go of what is good no more."""
        with self._lock:
            # What ended just now may still be under way to a reader, and be counted then.
            ended = monotonic() - SETTLE_EACH_S
            for held in self._held:
                held.ready.count(held.copies[0].given() + held.copies[1].given())
                if held.page[0] < ended:
                    self._take_out(held)
            self._held = [held for held in self._held if held.page[0] >= ended]

    def _take_out(self, held: _Held) -> None:
        pages = self.by_header.get(held.header, {})
        if pages.get(held.path) is held.page:
            del pages[held.path]
            if not pages:
                del self.by_header[held.header]

    def _keep_settling(self) -> None:
        while True:
            sleep(SETTLE_EACH_S)
            self.settle()
            with self._lock:
                if not self._held:
                    self._thread = None
                    return

    def _see_to_thread(self) -> None:
        # A thread of the process this one was forked from is not alive here.
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._keep_settling, name="blog-cache-counts", daemon=True)
            try:
                self._thread.start()
            except RuntimeError:  # no more threads can be had: the next page tries again
                self._thread = None
