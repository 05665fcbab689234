"""Which statements ran: to assert that there were few, and the right ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


class QueryLog:
    """The SQL texts that an engine ran inside `recording`, in order."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __len__(self) -> int:
        return len(self.statements)

    def note(self, _connection: Any, _cursor: Any, statement: str, *_details: Any) -> None:
        """SQLAlchemy's event; BEGIN, COMMIT and PRAGMA do not come here."""
        self.statements.append(statement)


@contextmanager
def recording(engine: Engine) -> Iterator[QueryLog]:
    """Record what runs on this engine, and on its copies with other options, inside the block."""
    log = QueryLog()
    event.listen(engine, "before_cursor_execute", log.note)
    try:
        yield log
    finally:
        event.remove(engine, "before_cursor_execute", log.note)
