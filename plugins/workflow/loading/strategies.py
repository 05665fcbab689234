"""Three ways to read the same parts: one statement, one each at once, one each in turn."""

from collections.abc import Callable
from typing import Literal, Protocol, TypeVar

from blog_core.api import BlogError
from plugins.workflow.loading.crew import Awaited, Crew
from plugins.workflow.loading.pool import NotDone
from plugins.workflow.loading.statements import Fields, History, PartReader, Parts, Status

Strategy = Literal["single", "parallel", "sequential"]
Errors = dict[str, str]
"""What is missing from a load, by the name of the part, as sentences."""

T = TypeVar("T")


class Reading(Protocol):
    """One reading of a sub-stage: what can be begun at once, and the rest."""

    def begin(self) -> None:
        """Submit what goes to the pool."""

    def finish(self, errors: Errors) -> Parts:
        """The parts. Those that failed are None and named; without the basic data it raises."""


class Single:
    """One statement for everything. One connection, one wait: the quickest at every distance."""

    def __init__(self, reader: PartReader, crew: Crew) -> None:
        self._reader = reader

    def begin(self) -> None:
        """Nothing: there is no other statement."""

    def finish(self, errors: Errors) -> Parts:
        """All or an error."""
        return self._reader.single()


class Parallel:
    """The basic data here, and fields, history and status in the pool meanwhile."""

    def __init__(self, reader: PartReader, crew: Crew) -> None:
        self._reader, self._crew = reader, crew

    def begin(self) -> None:
        """Submit the three."""
        reader, submit = self._reader, self._crew.submit
        self._fields: Awaited[Fields] = submit("fields", reader.fields)
        self._history: Awaited[History] = submit("history", reader.history)
        self._status: Awaited[Status] = submit("status", reader.status)

    def finish(self, errors: Errors) -> Parts:
        """Read the basic data and wait for the three."""
        return Parts(
            self._reader.basic(),
            _attempt("fields", self._fields.result, errors),
            _attempt("history", self._history.result, errors),
            _attempt("status", self._status.result, errors),
        )


class Sequential:
    """One part after the other, in this thread."""

    def __init__(self, reader: PartReader, crew: Crew) -> None:
        self._reader = reader

    def begin(self) -> None:
        """Nothing: it all happens in turn."""

    def finish(self, errors: Errors) -> Parts:
        """Four statements."""
        reader = self._reader
        return Parts(
            reader.basic(),
            _attempt("fields", reader.fields, errors),
            _attempt("history", reader.history, errors),
            _attempt("status", reader.status, errors),
        )


STRATEGIES: dict[Strategy, Callable[[PartReader, Crew], Reading]] = {
    "single": Single,
    "parallel": Parallel,
    "sequential": Sequential,
}


def _attempt(name: str, read: Callable[[], T], errors: Errors) -> T | None:
    try:
        return read()
    except (BlogError, NotDone) as error:
        errors[name] = str(error)
        return None
