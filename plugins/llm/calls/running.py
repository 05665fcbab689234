"""The calls that this process makes: a thread each, and one that keeps their rows up to date.

Once a second, for all calls together, their rows (`llm_call`) are marked as alive, and tell how far
those are that another process watches. A row that was not seen for `LOST_S` belongs to a process
that died.
"""

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, update
from sqlalchemy.exc import SQLAlchemyError

from blog_core.api import SYSTEM, BlogError, TooManyRequests
from plugins.llm.calls.errors import BadAnswer
from plugins.llm.calls.growing import GrowingText
from plugins.llm.calls.server import End
from plugins.llm.model import LlmCall

if TYPE_CHECKING:
    from blog_core.api import Site
    from plugins.llm.calls.request import ModelRequest
    from plugins.llm.calls.upstream import Upstream

BEAT_S = 1.0
LOST_S = 15.0
BUSY_RETRY_S = 5
TURNS = 64
WAITED_S = 0.01
REST_EACH_S = 0.0025
LONGEST_REST_S = 0.5

log = logging.getLogger("blog.plugins.llm")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended. `error` says why there is no answer; `was_stopped`: a person wanted so."""

    text: str
    end: End
    first_ms: int | None
    total_ms: int
    was_stopped: bool = False
    error: BlogError | None = None


Ended = Callable[[Outcome], None]


@dataclass(eq=False)
class RunningCall:
    """One call under way in this process."""

    id: int
    request: "ModelRequest"
    ended: Ended = field(repr=False)
    text: GrowingText = field(default_factory=GrowingText, repr=False)
    stopping: threading.Event = field(default_factory=threading.Event, repr=False)

    def run(self, upstream: "Upstream", rest_s: Callable[[], float]) -> Outcome:
        """Ask, and let the text grow until the answer ends.

        Who had to wait for a piece rests `rest_s()` before the next one, so that the pieces that
        come meanwhile cost one awakening together.
        """
        began = looked = time.monotonic()
        first_ms: int | None = None
        end, error = End("", None), None
        try:
            with closing(upstream.stream(self.request)) as pieces:
                for piece in pieces:
                    if isinstance(piece, End):
                        end = piece
                        continue
                    first_ms = first_ms if first_ms is not None else _ms_since(began)
                    self.text.append(piece)
                    if self.stopping.is_set():
                        break
                    if time.monotonic() - looked > WAITED_S:
                        time.sleep(rest_s())
                    looked = time.monotonic()
        except BlogError as problem:
            error = problem
        except Exception:
            log.exception("A call to the model failed in an unforeseen way")
            error = BadAnswer("something unforeseen happened here; the log has the details")
        stopped = self.stopping.is_set() and not end.reason
        return Outcome(self.text.text, end, first_ms, _ms_since(began), stopped, error)


class Runner:
    """Runs calls in threads of this process, at most `most` at the same time."""

    def __init__(self, upstream: "Upstream", most: int) -> None:
        self.upstream, self._most = upstream, most
        self._calls: dict[int, RunningCall] = {}
        self._lock = threading.Lock()
        self._free = most
        self._beating = False
        self._token = secrets.token_hex(6)
        self._turns = [threading.Lock() for _ in range(TURNS)]

    @property
    def worker(self) -> str:
        """The name of this process in the rows of its calls."""
        return f"{self._token}:{os.getpid()}"

    def turn(self, key: str) -> threading.Lock:
        """The turn to begin or join the call of a key: in this process one after the other, so that
        the database has as many contenders as there are processes."""
        return self._turns[int(key[:4], 16) % TURNS]

    def take_place(self) -> None:
        """Take a place for a call. Raises `TooManyRequests` when all are taken."""
        with self._lock:
            if self._free <= 0:
                raise TooManyRequests(
                    f"{self._most} model calls run already", retry_after_s=BUSY_RETRY_S
                )
            self._free -= 1

    def give_place_back(self) -> None:
        """Give a place back that no call was started on."""
        with self._lock:
            self._free += 1

    def start(self, site: "Site", call: RunningCall) -> None:
        """Run a call on a place that was taken; `call.ended` hears how it ended."""
        with self._lock:
            self._calls[call.id] = call
            beat, self._beating = not self._beating, True
        threading.Thread(
            target=self._work, args=(site, call), name=f"blog-llm-{call.id}", daemon=True
        ).start()
        if beat:
            threading.Thread(
                target=self._beat, args=(site,), name="blog-llm-beat", daemon=True
            ).start()

    def find(self, call_id: int) -> RunningCall | None:
        """A call that runs in this process."""
        return self._calls.get(call_id)

    def _rest_s(self) -> float:
        """The more calls run, the longer each rests: pages need the processor too."""
        return min(LONGEST_REST_S, REST_EACH_S * len(self._calls))

    def _work(self, site: "Site", call: RunningCall) -> None:
        try:
            outcome = call.run(self.upstream, self._rest_s)
            call.ended(outcome)
        except Exception:
            log.exception("The end of model call %s could not be written down", call.id)
        finally:
            with self._lock:
                del self._calls[call.id]
                self._free += 1
            call.text.end()

    def _beat(self, site: "Site") -> None:
        while True:
            time.sleep(BEAT_S)
            with self._lock:
                calls = list(self._calls.values())
                if not calls:
                    self._beating = False
                    return
            try:
                self.tell(site, calls)
            except (BlogError, SQLAlchemyError) as error:
                log.warning("Model calls under way cannot be noted at the moment: %s", error)

    def tell(self, site: "Site", calls: list[RunningCall]) -> None:
        """Mark the calls as alive, write down the watched ones, and hear which are to stop."""
        alive = (LlmCall.worker == self.worker) & (LlmCall.state == "running")
        columns = (LlmCall.id, LlmCall.stop_asked, LlmCall.is_watched)
        with site.transaction(SYSTEM) as session:
            marked = update(LlmCall).where(alive).values(seen_at=site.clock()).returning(*columns)
            rows = {row.id: row for row in session.execute(marked)}
            watched = [call for call in calls if call.id in rows and rows[call.id].is_watched]
            if watched:
                session.connection().execute(
                    update(LlmCall)
                    .where(LlmCall.id == bindparam("call"), alive)
                    .values(text=bindparam("far")),
                    [{"call": call.id, "far": call.text.text} for call in watched],
                )
        for call in calls:
            if call.id in rows and rows[call.id].stop_asked:
                call.stopping.set()


LOST_AFTER = timedelta(seconds=LOST_S)


def _ms_since(began_s: float) -> int:
    return round((time.monotonic() - began_s) * 1000)
