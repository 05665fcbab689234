"""Whether what runs here is background work: jobs, commands, exports, listening to the outbox.

A query port may keep connections apart for it, so that a long job never starves the pages.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_in_background: ContextVar[bool] = ContextVar("blog_in_background", default=False)


@contextmanager
def background_work() -> Iterator[None]:
    """What runs inside the block in this thread (or task) is background work."""
    token = _in_background.set(True)
    try:
        yield
    finally:
        _in_background.reset(token)


def in_background() -> bool:
    """Whether nobody sits in a browser and waits for what runs here."""
    return _in_background.get()
