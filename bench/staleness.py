"""Is anything old served after a save was acknowledged? Readers ask workers while a writer saves.

The writer knows the number of the last save that has returned; a reader notes it before it asks. A
page with a smaller number is stale. What is under test gives the writer its saves and a server.
"""

import contextlib
import http.client
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from threading import Event

Save = Callable[[int], None]
"""Makes the page show this number; returns when all who ask from then on are promised it."""

_NUMBER = re.compile(rb"edit-(\d+)-")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What readers saw. `hits` counts answers that came from a cache, where the site says so."""

    saves: int
    requests: int
    hits: int
    stale: int
    furthest_behind: int
    errors: Sequence[str] = ()

    @property
    def hit_ratio(self) -> float:
        """Hits among all answers."""
        return self.hits / self.requests if self.requests else 0.0


@dataclass(slots=True)
class _Race:
    acknowledged: int = 0
    done: Event = field(default_factory=Event)


def race(
    address: str, path: str, saves: Mapping[str, Save], *, count: int, readers: int, pause_s: float
) -> Outcome:
    """Make `count` saves, of each kind in turn, while `readers` threads read the page.

    Saves come `pause_s` apart on average, at random, as people's do: now and then one comes while
    the page of the last one is still being made.

    `address` is host and port; every reader has one connection, opened anew after each answer that
    closes it, so that all workers of the server are asked.
    """
    state, kinds, random = _Race(), list(saves.values()), Random(7)
    kinds[0](0)
    with ThreadPoolExecutor(readers) as pool:
        reading = [pool.submit(_read, state, address, path) for _ in range(readers)]
        try:
            for number in range(1, count + 1):
                kinds[number % len(kinds)](number)
                state.acknowledged = number
                time.sleep(random.expovariate(1 / pause_s))
        finally:
            state.done.set()
        seen = [reader.result() for reader in reading]
    return Outcome(
        saves=count,
        requests=sum(one.requests for one in seen),
        hits=sum(one.hits for one in seen),
        stale=sum(one.stale for one in seen),
        furthest_behind=max(one.furthest_behind for one in seen),
        errors=[error for one in seen for error in one.errors],
    )


def _read(state: _Race, address: str, path: str) -> Outcome:
    requests = hits = stale = behind = 0
    errors: list[str] = []
    with _connection(address) as ask:
        while not state.done.is_set():
            least = state.acknowledged
            status, headers, body = ask(path)
            found = _NUMBER.search(body)
            if status != 200 or found is None:
                errors.append(f"{status} {body[:80]!r}")
                continue
            requests += 1
            hits += headers.get("cache-status", "").startswith("blog; hit")
            if int(found[1]) < least:
                stale += 1
                behind = max(behind, least - int(found[1]))
    return Outcome(0, requests, hits, stale, behind, errors)


Ask = Callable[[str], tuple[int, Mapping[str, str], bytes]]


@contextlib.contextmanager
def _connection(address: str) -> Iterator[Ask]:
    """Ask again and again; every fiftieth time over a new connection, to meet another worker."""
    connection = http.client.HTTPConnection(address, timeout=30)
    asked = 0

    def ask(path: str) -> tuple[int, Mapping[str, str], bytes]:
        nonlocal asked
        asked += 1
        if asked % 50 == 0:
            connection.close()
        connection.request("GET", path)
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, headers, answer.read()

    try:
        yield ask
    finally:
        connection.close()
