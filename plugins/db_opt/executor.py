"""The query port, which survives a server that ended its sessions."""

from collections.abc import Mapping, Sequence

from sqlalchemy import RowMapping
from sqlalchemy.exc import DBAPIError

from blog_core.api import CoreExecutor, Query, Unavailable, ongoing_connection


class DbOptExecutor(CoreExecutor):
    """As the core's; a read whose connection turns out to be dead is sent once more."""

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
