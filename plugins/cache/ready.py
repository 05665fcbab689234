"""A cached page made ready to be sent: headers and body of each encoding, built once.

`good_until` and `latest` say how long nothing needs to be asked: until that time of the monotonic
clock, as long as the latest stamp of the blog is still `latest`. Age is renewed by then, too.
"""

from typing import NamedTuple

from blog_core.api import Counter, Representation, StoredPage

from .counts import Counts

Headers = list[tuple[str, str]]
_MOST_HEADERS_KNOWN = 16
_ANSWER_BYTES = 1_500
_GZIP_SHARE = 1.25
"""How much larger than the smallest encoding gzip may be, which is made when it is asked for."""


class Place(NamedTuple):
    """What a request must have in common with another one to get the same page."""

    path: str
    host: str | None
    query: str | None
    script: str | None
    scheme: str


class Answer:
    """One representation as a server takes it. `etag` is the one a client may have already."""

    __slots__ = ("body", "etag", "unchanged", "whole")

    def __init__(self, etag: str, whole: Headers, unchanged: Headers, body: bytes) -> None:
        self.etag, self.whole, self.unchanged = etag, whole, unchanged
        self.body = body


class Ready:
    """The answers of one stored page to requests of one `place`: host, path, query and so on."""

    __slots__ = (
        "_age_s",
        "_answers",
        "_built_s",
        "_counts",
        "_gzip",
        "_hits",
        "_page",
        "_repeated",
        "by_header",
        "good_until",
        "is_dropped",
        "key",
        "latest",
        "place",
    )

    def __init__(
        self,
        key: str,
        page: StoredPage,
        place: Place,
        hits: Counter,
        *,
        counts: Counts,
        built_s: float,
    ) -> None:
        self.key, self.place = key, place
        self._hits, self._counts, self._built_s = hits, counts, built_s
        self._gzip: Representation | None = None
        self._page: StoredPage | None = page
        self._answers: dict[str, Answer] = {}
        self.by_header: dict[str | None, Answer] = {}
        self.good_until, self.latest, self._age_s = 0.0, 0, 0
        self._repeated: set[str | None] = set()
        self.is_dropped = False

    @property
    def size_bytes(self) -> int:
        """The memory of the bodies, and about that of the headers and of a body in gzip."""
        sizes = [len(each.body) for each in self._page.representations] if self._page else []
        gzip = int(_GZIP_SHARE * sizes[0]) + _ANSWER_BYTES if sizes[1:] else 0
        return sum(sizes) + _ANSWER_BYTES * len(sizes) + gzip

    def count(self, answers: int) -> None:
        """Count what was answered from here: hits, and the time they saved and their age."""
        self._hits.inc(answers)
        self._counts.saved.inc(answers * self._built_s)
        self._counts.age.inc(answers * self._age_s)

    def renew(self, age_s: int, *, good_until: float, latest: int) -> None:
        """Be good for a while, with headers that tell this age."""
        self._answers, self.by_header, self._age_s = {}, {}, age_s
        self._repeated = set()
        self.latest, self.good_until = latest, good_until

    def note_repeat(self, accept_encoding: str | None) -> bool:
        """Note a request with that header; True for the second one since the page was renewed."""
        is_second = accept_encoding in self.by_header and accept_encoding not in self._repeated
        if is_second:
            self._repeated.add(accept_encoding)
        return is_second

    def answer(self, accept_encoding: str | None) -> Answer | None:
        """The answer for a client that takes these encodings; None when the page was dropped."""
        found = self.by_header.get(accept_encoding)
        page = self._page
        if found is None and page is not None:
            encoding = page.encoding_for(accept_encoding or "")
            found = self._answers.get(encoding)
            if found is None:
                found = self._answers[encoding] = self._made(page, self._in(page, encoding))
            if len(self.by_header) < _MOST_HEADERS_KNOWN:
                self.by_header[accept_encoding] = found
        return found

    def _in(self, page: StoredPage, encoding: str) -> Representation:
        if encoding != "gzip":
            return page.representation(encoding)
        if self._gzip is None:
            self._gzip = page.representation(encoding)
        return self._gzip

    def _made(self, page: StoredPage, chosen: Representation) -> Answer:
        moment = [("ETag", chosen.etag), ("Age", str(self._age_s)), ("Cache-Status", "blog; hit")]
        lasting = [header for header in page.headers if header[0].lower() != "content-type"]
        whole = [*page.headers, *moment, ("Content-Length", str(len(chosen.body)))]
        if chosen.encoding:
            whole.append(("Content-Encoding", chosen.encoding))
        return Answer(chosen.etag, whole, [*lasting, *moment], chosen.body)

    def drop(self) -> None:
        """Let go of the page: its entry has left the memory."""
        self.good_until, self._page, self.is_dropped = 0.0, None, True
        self._answers, self.by_header, self._gzip = {}, {}, None
