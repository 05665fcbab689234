"""What a piece of output depends on: cache tags gathered while it is made.

Whoever reads something names its tags with `depend`; whoever stores the output collects them:

    with collecting() as collected:
        page = render()
    cache.put(lease, page, ttl_s=300, cache_tags=collected.cache_tags)

Collectors nest: what an inner piece depends on, the outer one depends on too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from blog_core.cache_tags import plain_tag
from blog_core.ports import CacheTags


class Collected:
    """The tags named so far, why the output must not be stored, and when it ends by itself."""

    __slots__ = ("_tags", "not_after", "reasons")

    def __init__(self) -> None:
        self._tags: set[str] = set()
        self.reasons: list[str] = []
        self.not_after: datetime | None = None

    @property
    def cache_tags(self) -> CacheTags:
        """All tags named so far."""
        return frozenset(self._tags)

    @property
    def is_cacheable(self) -> bool:
        """True while nobody gave a reason against storing."""
        return not self.reasons

    def ttl_s(self, at_most_s: float, now: datetime) -> float:
        """How long the output may be kept from `now` on, in seconds; never below 0."""
        if self.not_after is None:
            return at_most_s
        return max(0.0, min(at_most_s, (self.not_after - now).total_seconds()))

    def add(self, *cache_tags: str) -> None:
        """Depend on these tags. Raises `TypeError` for a tag that is no text."""
        self._tags.update(map(plain_tag, cache_tags))

    def refuse(self, reason: str) -> None:
        """Note why this must not be stored."""
        if reason not in self.reasons:
            self.reasons.append(reason)

    def end_at(self, instant: datetime) -> None:
        """Be invalid from `instant` on; the earliest one counts."""
        if self.not_after is None or instant < self.not_after:
            self.not_after = instant

    def inherit(self, inner: "Collected") -> None:
        """Depend on everything that a piece of this output depends on."""
        self._tags |= inner.cache_tags
        for reason in inner.reasons:
            self.refuse(reason)
        if inner.not_after is not None:
            self.end_at(inner.not_after)


_innermost: ContextVar[Collected | None] = ContextVar("blog_collecting", default=None)


@contextmanager
def collecting() -> Iterator[Collected]:
    """Collect what the block depends on; the surrounding collector, if any, inherits it."""
    outer, collected = _innermost.get(), Collected()
    token = _innermost.set(collected)
    try:
        yield collected
    finally:
        _innermost.reset(token)
        if outer is not None:
            outer.inherit(collected)


def depend(*cache_tags: str) -> None:
    """The output under way, if any, is out of date once one of these tags is touched.

    Raises `TypeError` for a tag that is no text.
    """
    collected = _innermost.get() or Collected()  # a wrong tag is told of in either case
    collected.add(*cache_tags)


def expire_at(instant: datetime) -> None:
    """The output under way, if any, ends at `instant`: a scheduled post comes out, for example."""
    collected = _innermost.get()
    if collected is not None:
        collected.end_at(instant)


def uncacheable(reason: str) -> None:
    """The output under way, if any, must not be stored, because of `reason`: "read a session"."""
    collected = _innermost.get()
    if collected is not None:
        collected.refuse(reason)
