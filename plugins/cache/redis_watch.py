"""The thread that looks after Redis: connects, makes good what was missed, hears of other hosts.

Every process has one. One of the host's processes listens; another takes over when it dies. What a
listener may have missed is known by the numbers of invalidations: after a gap everything is made
anew on this host. Writes in the database are heard of by the core's relay in any case.
"""

import os
import random
import threading
import weakref
from collections.abc import Callable
from logging import Logger

import redis
from redis.client import PubSub

from blog_core.api import CacheTags, Stamps

from .leases import KeyLocks
from .redis_tier import MOST_TAGS, News, RedisTier

HEARTBEAT_S = 1.0
_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 5.0
_MARGIN_S = 60
_LISTENER = "the listener to redis"
_FAILURES = (redis.RedisError, OSError)


class RedisWatch:
    """Looks after one process's `tier`.

    `touched_since(unix_time_s)` gives the tags of all writes since then, or None when it cannot.
    """

    def __init__(
        self,
        tier: RedisTier,
        *,
        stamps: Stamps,
        locks: KeyLocks | None,
        touched_since: Callable[[int], CacheTags | None],
        log: Logger,
    ) -> None:
        self._tier, self._stamps, self._locks = tier, stamps, locks
        self._touched_since, self._log = touched_since, log
        self._process = 0
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._heard: PubSub | None = None
        self._pause_s = _FIRST_PAUSE_S

    def start(self) -> None:
        """Start in this process, once; costs nothing after that."""
        if self._process == os.getpid():
            return
        with self._lock:
            if self._process != os.getpid():
                self._process, self._heard = os.getpid(), None
                threading.Thread(
                    target=_look_after,
                    args=(weakref.ref(self), self._closed),
                    name="blog-redis",
                    daemon=True,
                ).start()

    def close(self) -> None:
        """Stop."""
        self._closed.set()
        self._tier.failed.set()

    def step(self) -> float:
        """Do what is to be done for at most a second; how long to wait before the next step."""
        try:
            self._look()
        except _FAILURES as error:
            if self._pause_s == _FIRST_PAUSE_S:
                self._log.warning("Redis is left alone until it is well: %s", error)
            self._tier.gave_up(error)
            self.stop_listening()
            pause_s = self._pause_s
            self._pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
            return pause_s * random.uniform(0.7, 1.0)  # noqa: S311 - spreads load, guards nothing
        self._pause_s = _FIRST_PAUSE_S
        return 0.0

    def _look(self) -> None:
        tier = self._tier
        tier.failed.clear()
        tier.server.client.ping()
        if tier.server.moment() is None:
            tier.move_epoch()  # a server that is new, or has lost everything
        if tier.state.is_behind:
            self._make_good()
        if self._heard is None and (self._locks is None or self._locks.try_lock(_LISTENER)):
            self._start_listening()
        tier.opened()
        if self._heard is not None:
            self._listen(self._heard)
        else:
            tier.failed.wait(HEARTBEAT_S)

    # --- what did not reach Redis -------------------------------------------------------------

    def _make_good(self) -> None:
        """Repeat the invalidations that were missed, before anything in Redis is used again."""
        state = self._tier.state
        lack = state.lack
        written = self._touched_since(state.lack_since_s - _MARGIN_S)
        tags = state.missing | (written or frozenset())
        if written is None or state.lacks_everything or len(tags) > MOST_TAGS:
            self._tier.move_epoch()
        elif tags:
            self._tier.tell(tags)
        state.caught_up(lack)
        self._log.info("Redis has been told what it missed")

    # --- what other hosts say -----------------------------------------------------------------

    def _start_listening(self) -> None:
        server = self._tier.server
        heard = server.client.pubsub()  # type: ignore[no-untyped-call]
        heard.subscribe(server.channel)
        heard.get_message(timeout=HEARTBEAT_S)  # it confirms: from now on nothing is missed
        current = server.moment()
        if current is None or current.number != self._tier.state.seen:
            self._missed(current.number if current else 0)
        self._heard = heard

    def _listen(self, heard: PubSub) -> None:
        message = heard.get_message(timeout=HEARTBEAT_S)
        while message is not None:
            if message["type"] == "message":
                self._hear(message["data"])
            message = heard.get_message(timeout=0)

    def _hear(self, data: bytes) -> None:
        digits, _, rest = data.partition(b" ")
        number, news, seen = int(digits), News.decode(rest), self._tier.state.seen
        if number <= seen:
            return
        if number > seen + 1 or news is None:
            self._missed(number)
            return
        if news.origin != self._tier.origin:
            if news.cache_tags is None:
                self._stamps.move_epoch()
            else:
                self._stamps.move(news.cache_tags)
        self._tier.state.saw(number)

    def _missed(self, number: int) -> None:
        """Take everything as invalidated, for nobody knows what was."""
        self._stamps.move_epoch()
        self._tier.state.saw(number)

    def stop_listening(self) -> None:
        """Let another process listen."""
        heard, self._heard = self._heard, None
        if heard is not None:
            heard.close()
            if self._locks is not None:
                self._locks.unlock(_LISTENER)


def _look_after(watch: "weakref.ref[RedisWatch]", closed: threading.Event) -> None:
    """Step as long as somebody has the watch."""
    pause_s = 0.0
    while not closed.wait(pause_s):
        looking = watch()
        if looking is None:
            return
        pause_s = looking.step()
        if closed.is_set():
            looking.stop_listening()
        del looking
