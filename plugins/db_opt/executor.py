"""The query port, which survives a server that ended its sessions."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Engine, RowMapping
from sqlalchemy.exc import DBAPIError

from blog_core.api import CoreExecutor, Query, Unavailable, ongoing_connection
from plugins.db_opt.ledger import Ledger


class DbOptExecutor(CoreExecutor):
    """As the core's; a read whose connection turns out to be dead is sent once more."""

    def __init__(self, engine: Engine, ledger: Ledger) -> None:
        super().__init__(engine)
        self._ledger = ledger

    def run(self, query: Query, params: Mapping[str, object] | None = None) -> Sequence[RowMapping]:
        """All rows. The pool has thrown its old connections away by the second try."""
        try:
            return super().run(query, params)
        except Unavailable as error:
            cause = error.__cause__
            was_cut = isinstance(cause, DBAPIError) and cause.connection_invalidated
            if not was_cut or ongoing_connection(self.engine) is not None:
                raise
        return super().run(query, params)

    def _read(self, query: Query, params: Mapping[str, object] | None) -> Sequence[RowMapping]:
        # What is borrowed here is given back before it returns: that needs no book-keeping, which
        # for a usual page cost more than all other watching together.
        lender = self._ledger.here
        lender.is_safe = True
        try:
            return super()._read(query, params)
        finally:
            lender.is_safe = False
