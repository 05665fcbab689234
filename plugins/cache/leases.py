"""Single flight: one builder a key, across threads by a condition and across processes by a lock.

A builder that dies blocks nobody: a thread gives its turn back on the way out, and the kernel gives
back the lock of a process.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition, Lock
from time import monotonic, sleep
from typing import Literal, Protocol

_FIRST_PAUSE_S = 0.001
_LONGEST_PAUSE_S = 0.01


class KeyLocks(Protocol):
    """Locks between processes."""

    def try_lock(self, key: str) -> bool:
        """Take the lock if it is free."""

    def unlock(self, key: str) -> None:
        """Give it back."""


class Flight:
    """The builder of a key and the threads of this process that wait for it."""

    __slots__ = ("is_built", "is_busy", "news", "present")

    def __init__(self) -> None:
        self.news = Condition(Lock())
        self.is_busy, self.is_built = True, False
        self.present = 1


@dataclass(slots=True, eq=False)
class Turn:
    """One thread's part in a key: it builds, others have built, or it waited for them in vain."""

    key: str
    state: Literal["builds", "built", "in vain"]
    flight: Flight | None = None
    is_locked: bool = False


class Leases:
    """Gives turns. `locks` reach beyond this process; without them each process builds once."""

    def __init__(self, locks: KeyLocks | None = None) -> None:
        self._locks = locks
        self._flights: dict[str, Flight] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        """How many keys this process builds or waits for."""
        return len(self._flights)

    def take(self, key: str, wait_s: float, is_built: Callable[[], bool]) -> Turn:
        """Become the builder of `key`, or wait for whoever is, up to `wait_s` seconds.

        `is_built` says whether another process has left the value where it can be had. Every turn
        must be given back by `end`.
        """
        until = monotonic() + wait_s
        with self._lock:
            flight = self._flights.get(key)
            is_first = flight is None
            if flight is None:
                flight = self._flights[key] = Flight()
            else:
                flight.present += 1
        if is_first or self._got_turn(flight, until):
            return self._lock_host(Turn(key, "builds", flight), until, is_built)
        turn = Turn(key, "built" if flight.is_built else "in vain")
        self._leave(key, flight)
        return turn

    def built(self, turn: Turn) -> None:
        """The value of this turn can be had now: wake all who wait for it."""
        flight = turn.flight
        if flight is None:
            return
        # Before another thread of this process can take the same lock, which it would share.
        self._unlock_host(turn)
        with self._lock:
            # Whoever comes from now on wants the next value, and shall not hear of this one.
            if self._flights.get(turn.key) is flight:
                del self._flights[turn.key]
        with flight.news:
            flight.is_built = True
            flight.news.notify_all()

    def end(self, turn: Turn) -> None:
        """Give a turn back, built or not; more than once does no harm."""
        flight, turn.flight = turn.flight, None
        if flight is None:
            return
        self._unlock_host(turn)
        with flight.news:
            flight.is_busy = False
            flight.news.notify()
        self._leave(turn.key, flight)

    def _got_turn(self, flight: Flight, until: float) -> bool:
        """Wait; True when the builder left without a value and this thread is the next."""
        with flight.news:
            flight.news.wait_for(
                lambda: flight.is_built or not flight.is_busy, max(0.0, until - monotonic())
            )
            if flight.is_built or flight.is_busy:
                return False
            flight.is_busy = True
            return True

    def _leave(self, key: str, flight: Flight) -> None:
        with self._lock:
            flight.present -= 1
            if not flight.present and self._flights.get(key) is flight:
                del self._flights[key]

    def _unlock_host(self, turn: Turn) -> None:
        if turn.is_locked and self._locks:
            turn.is_locked = False
            self._locks.unlock(turn.key)

    def _lock_host(self, turn: Turn, until: float, is_built: Callable[[], bool]) -> Turn:
        """Keep other processes out, or wait for the one that builds."""
        if self._locks is None or self._locks.try_lock(turn.key):
            turn.is_locked = self._locks is not None
            return turn
        pause_s = _FIRST_PAUSE_S
        while not is_built():
            if monotonic() >= until:
                turn.state = "in vain"
                return turn
            sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
            if self._locks.try_lock(turn.key):
                turn.is_locked = True
                if not is_built():
                    return turn
                break
        self.built(turn)
        self.end(turn)
        turn.state = "built"
        return turn
