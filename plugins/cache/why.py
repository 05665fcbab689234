"""Why an address is, or is not, answered from the cache: what is kept, and what ended it."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from werkzeug.test import EnvironBuilder
from werkzeug.wsgi import ClosingIterator

from blog_core.api import (
    EVERYTHING,
    CacheTags,
    Decision,
    Site,
    Stamps,
    Target,
    decision_of,
    target_of,
)

from .moves import Move
from .own import own_cache
from .provider import BlogCache
from .record import Record, decode_record, words


@dataclass(frozen=True, slots=True)
class Kept:
    """What one level holds for an address."""

    level: str
    bytes: int
    stored_at: float
    expires_at: float
    cache_tags: CacheTags
    moved_tags: CacheTags
    is_ended: bool

    @property
    def is_valid(self) -> bool:
        """Whether it would be served."""
        return not self.is_ended and not self.moved_tags


@dataclass(frozen=True, slots=True)
class Why:
    """The whole answer. `kept` is from before `decision`, the decision about a stranger's request
    made just now; `ended_by` are the invalidations that ended what was kept, the newest first."""

    target: Target
    kept: tuple[Kept, ...] = ()
    ended_by: tuple[tuple[Move, CacheTags], ...] = ()
    decision: Decision | None = None
    status: int = 0

    @property
    def now(self) -> str:
        """What a stranger gets now, as a sentence without its end."""
        if self.decision is None:
            how = "the cache was not asked"
        else:
            reason = f" ({self.decision.reason})" if self.decision.reason else ""
            how = _HOW.get(self.decision.outcome, self.decision.outcome) + reason
        return f"a stranger gets an answer of status {self.status}: {how}"

    @property
    def assumption(self) -> str:
        """Where nothing was kept for a path alone: on which host that is."""
        host = self.target.assumed_host
        if not host or self.kept:
            return ""
        return f"the host {host} was assumed; for another one, give the whole address"


_HOW = {
    "hit": "it came from the cache",
    "ready": "it came from the cache, before Flask was asked",
    "missing": "the cache knows that the address leads nowhere",
    "stale-if-error": "it is a copy whose time is over, for the database is away",
    "stored": "it was made just now and is kept from now on",
    "not stored": "it was made just now and is not kept",
    "no-cache": "it was made just now, for this blog has no cache",
    "contended": "it was made just now and is not kept, for others are making it, too",
}
"""By outcome; a stranger's question without cookies and unknown parameters has no other."""


def why(site: Site, url: str) -> Why:
    """Look at what is kept for the address, then ask for it as a stranger."""
    cache = own_cache(site, "`blog cache why`")
    target = target_of(site, url)
    if target.why_not:
        return Why(target)
    kept = (*_kept(cache, target.page_key), *_kept(cache, target.missing_key))
    decision, status = _ask(site, target.url)
    return Why(target, kept, tuple(_ended_by(cache, kept)), decision, status)


def _kept(cache: BlogCache, key: str) -> Iterator[Kept]:
    item = cache.memory.items.get(key)
    if item is not None:
        record = Record.of(key, item.entry, item.stamp, item.built_s)
        yield _described("this process", record, cache.stamps)
    payload = cache.shelf.get(key) if cache.shelf is not None else None
    shared = decode_record(payload, key) if payload is not None else None
    if shared is not None:
        yield _described("this host", shared, cache.stamps)
    remote = cache.remote.get(key) if cache.remote is not None else None
    if remote is not None:
        yield _described("redis", remote, None)


def _described(level: str, record: Record, stamps: Stamps | None) -> Kept:
    return Kept(
        level,
        len(record.value),
        record.stored_at,
        record.expires_at,
        frozenset(record.cache_tags),
        moved_tags(record, stamps) if stamps is not None else frozenset(),
        is_ended=record.expires_at <= time.time(),
    )


def moved_tags(record: Record, stamps: Stamps) -> CacheTags:
    """The tags that were touched since the record was made; all of them after a new epoch."""
    stamps.look()
    then, now = record.words, words(stamps.read(record.cache_tags))
    if then[0] != now[0]:
        return frozenset(record.cache_tags) or frozenset({EVERYTHING})
    pairs = zip(record.cache_tags, then[1:], now[1:], strict=True)
    return frozenset(tag for tag, before, after in pairs if before != after)


def _ended_by(cache: BlogCache, kept: Sequence[Kept]) -> Iterator[tuple[Move, CacheTags]]:
    ended = [each for each in kept if each.moved_tags]
    if not ended or cache.moves is None:
        return
    since_s = min(each.stored_at for each in ended)
    tags = frozenset().union(*(each.moved_tags for each in ended))
    for move in cache.moves.recent():
        if move.at_s >= since_s and move.ends(tags):
            yield move, move.ends(tags)


def _ask(site: Site, url: str) -> tuple[Decision | None, int]:
    """A stranger's request, through everything that stands before the page cache."""
    parts = urlsplit(url)
    environ = EnvironBuilder(
        path=parts.path, query_string=parts.query, base_url=f"{parts.scheme}://{parts.netloc}"
    ).get_environ()
    heads: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], _exc_info: object = None
    ) -> Callable[[bytes], object]:
        heads.append((status, headers))
        return len

    # Called as a server does: a test client would leave us a copy of the environment.
    ClosingIterator(site.app.wsgi_app(environ, start_response)).close()
    status, headers = heads[-1]
    decision = decision_of(environ)
    if decision is None and ("Cache-Status", "blog; hit") in headers:
        decision = Decision("", "ready")
    return decision, int(status.partition(" ")[0])
