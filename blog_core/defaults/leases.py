"""One builder a key among the threads of this process, for caches without leases of their own."""

from threading import Event, Lock
from time import monotonic

from blog_core.ports import Entry, Lease


class LocalLeases:
    """Leases of a cache: `lease` for `Cache.lease`, and `stored` when `Cache.put` has stored."""

    def __init__(self) -> None:
        self._turns: dict[str, _Turn] = {}
        self._lock = Lock()

    def lease(self, key: str, wait_s: float, stamps: object, expired: Entry | None = None) -> Lease:
        """The builder's lease, or after a wait of at most `wait_s` seconds the news.

        `stamps` is what the cache noted before this call; `expired` is passed on.
        """
        until = monotonic() + wait_s
        while True:
            mine = _Turn(self, key)
            with self._lock:
                other = self._turns.setdefault(key, mine)
            if other is mine:
                return Lease(key, True, stamps, mine, expired)
            if not other.ended.wait(max(0.0, until - monotonic())):
                # A dead builder blocks nobody.
                return Lease(key, True, stamps, mine, expired)
            if other.is_stored:
                return Lease(key, False, stamps, mine, expired)

    def stored(self, lease: Lease) -> None:
        """Those who wait for this lease may `get` the value now."""
        if isinstance(lease.release, _Turn):
            lease.release.end(stored=True)

    def forget(self, turn: "_Turn") -> None:
        """Let the next one build."""
        with self._lock:
            if self._turns.get(turn.key) is turn:
                del self._turns[turn.key]


class _Turn:
    """One builder's time with a key; called, it ends without a value."""

    __slots__ = ("_leases", "ended", "is_stored", "key")

    def __init__(self, leases: LocalLeases, key: str) -> None:
        self._leases, self.key = leases, key
        self.is_stored = False
        self.ended = Event()

    def __call__(self) -> None:
        self.end(stored=False)

    def end(self, *, stored: bool) -> None:
        if not self.ended.is_set():
            self.is_stored = stored
            self._leases.forget(self)
            self.ended.set()
