"""The transaction under way in this thread or task, so that readers inside it see its writes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import Connection, Engine

Joined = Callable[[], Connection]
"""Gives the transaction's connection, with everything written so far sent to the database."""

_ongoing: ContextVar[tuple[tuple[Engine, Joined], ...]] = ContextVar("blog_ongoing", default=())


@contextmanager
def ongoing(engine: Engine, joined: Joined) -> Iterator[None]:
    """Reads on `engine` inside the block go through the transaction that `joined` gives."""
    token = _ongoing.set((*_ongoing.get(), (engine, joined)))
    try:
        yield
    finally:
        _ongoing.reset(token)


def ongoing_connection(engine: Engine) -> Connection | None:
    """The connection of the innermost transaction of this context on `engine`, if there is one."""
    for known, joined in reversed(_ongoing.get()):
        if known is engine:
            return joined()
    return None
