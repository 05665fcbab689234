"""The cache port without a cache: everything is a miss, everybody builds."""

from blog_core.ports import CacheTags, Entry, Lease, _All


def _nothing() -> None:
    """Release nothing."""


class NoCache:
    """Keeps nothing."""

    levels: frozenset[str] = frozenset()

    def get(self, key: str) -> Entry | None:
        """None."""

    def lease(self, key: str, wait_s: float) -> Lease:
        """A lease for everybody at once."""
        return Lease(key=key, is_builder=True, stamps=None, release=_nothing)

    def put(self, lease: Lease, value: bytes, *, ttl_s: float, cache_tags: CacheTags) -> bool:
        """False: nothing is stored."""
        return False

    def invalidate(self, cache_tags: CacheTags | _All) -> None:
        """Nothing to do."""
