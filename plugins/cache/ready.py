"""A cached page made ready to be sent: headers and body of each encoding, built once.

`good_until` and `latest` say how long nothing needs to be asked: until that time of the monotonic
clock, as long as the latest stamp of the blog is still `latest`. Age is renewed by then, too.
"""

from blog_core.api import Counter, StoredPage

Headers = list[tuple[str, str]]
Place = tuple[object, ...]
_MOST_HEADERS_KNOWN = 16
_ANSWER_BYTES = 1_500


class Answer:
    """One representation as a server takes it. `etag` is the one a client may have already."""

    __slots__ = ("body", "etag", "unchanged", "whole")

    def __init__(self, etag: str, whole: Headers, unchanged: Headers, body: bytes) -> None:
        self.etag, self.whole, self.unchanged = etag, whole, unchanged
        self.body = (body,)


class Ready:
    """The answers of one stored page to requests of one `place`: host, path, query and so on."""

    __slots__ = ("_answers", "_page", "by_header", "good_until", "hits", "key", "latest", "place")

    def __init__(self, key: str, page: StoredPage, place: Place, hits: Counter) -> None:
        self.key, self.place, self.hits = key, place, hits
        self._page: StoredPage | None = page
        self._answers: dict[str, Answer] = {}
        self.by_header: dict[str | None, Answer] = {}
        self.good_until, self.latest = 0.0, 0

    @property
    def size_bytes(self) -> int:
        """The memory of the bodies, and about that of the headers."""
        bodies = self._page.representations if self._page else ()
        return sum(len(each.body) + _ANSWER_BYTES for each in bodies)

    def renew(self, age_s: int, *, good_until: float, latest: int) -> None:
        """Be good for a while, with headers that tell this age."""
        self._answers = {}
        if self._page is not None:
            for chosen in self._page.representations:
                moment = [("ETag", chosen.etag), ("Age", str(age_s)), ("Cache-Status", "blog; hit")]
                lasting = [h for h in self._page.headers if h[0].lower() != "content-type"]
                whole = [*self._page.headers, *moment, ("Content-Length", str(len(chosen.body)))]
                if chosen.encoding:
                    whole.append(("Content-Encoding", chosen.encoding))
                answer = Answer(chosen.etag, whole, [*lasting, *moment], chosen.body)
                self._answers[chosen.encoding] = answer
        self.by_header = {}
        self.latest, self.good_until = latest, good_until

    def answer(self, accept_encoding: str | None) -> Answer | None:
        """The answer for a client that takes these encodings; None when the page was dropped."""
        found = self.by_header.get(accept_encoding)
        if found is None and self._page is not None:
            found = self._answers.get(self._page.accepted(accept_encoding or "").encoding)
            if found is not None and len(self.by_header) < _MOST_HEADERS_KNOWN:
                self.by_header[accept_encoding] = found
        return found

    def drop(self) -> None:
        """Let go of the page: its entry has left the memory."""
        self.good_until, self._page = 0.0, None
        self._answers, self.by_header = {}, {}
