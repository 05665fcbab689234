"""Whether this thread or task is inside a transaction that has written, on any blog's database."""

from contextvars import ContextVar


class Writing:
    """A transaction that has written; `is_open` until it is committed or rolled back.

    The transaction ends wherever it ends, in whichever thread; so it is marked, and not the
    context, and a mark left behind somewhere says nothing any more.
    """

    __slots__ = ("is_open",)

    def __init__(self) -> None:
        self.is_open = True


_writing: ContextVar[tuple[Writing, ...]] = ContextVar("blog_writing", default=())


def begin_writing() -> Writing:
    """Note for this context that a transaction writes. Close it by `is_open = False`."""
    writing = Writing()
    _writing.set((*(known for known in _writing.get() if known.is_open), writing))
    return writing


def in_writing_transaction() -> bool:
    """True inside a transaction that has written: what is read there must not meet a cache."""
    known = _writing.get()
    if not known:
        return False
    if any(writing.is_open for writing in known):
        return True
    _writing.set(())
    return False
