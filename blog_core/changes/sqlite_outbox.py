"""The outbox on SQLite."""

import sqlite3
from typing import Any

from sqlalchemy import PoolProxiedConnection

from blog_core.cache_tags import EVERYTHING
from blog_core.changes.outbox import Touched
from blog_core.changes.stamps import Stamps
from blog_core.model.triggers.sql import MOST_TAGS

SEEN = 0
"""The note that holds the number of the last row seen."""

_COUNT = "blog_changes_count"


class SqliteOutbox:
    """SQLite writes one transaction at a time, so row numbers are in the order of commits.

    Numbers are used once and only given back by a rollback: a gap means that rows were removed.
    """

    commits_late = True

    def __init__(self, stamps: Stamps) -> None:
        self._stamps = stamps

    def has_written(self, connection: PoolProxiedConnection, statement: str = "") -> bool:
        """SQLite counts changed rows itself, so that no road of writing is overlooked."""
        driver: Any = connection.dbapi_connection
        return bool(driver.total_changes != connection.info.get(_COUNT, 0))

    def is_committed(self, connection: PoolProxiedConnection, cursor: Any) -> bool:
        """A statement that returns rows is not over, and so not committed, before they are read."""
        driver: Any = connection.dbapi_connection
        return not driver.in_transaction and cursor.description is None

    def forget(self, connection: PoolProxiedConnection) -> None:
        """Remember the count."""
        driver: Any = connection.dbapi_connection
        connection.info[_COUNT] = driver.total_changes

    def of_transaction(self, connection: Any) -> Touched:
        """Everything unseen: what others committed before is dealt with on the way."""
        return self.news(connection)

    def news(self, connection: Any) -> Touched:
        """The rows after the last one seen."""
        seen = self._stamps.notes[SEEN]
        cursor = connection.cursor()
        try:
            rows = cursor.execute(_NEWS, (seen,)).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return Touched(frozenset(), seen)
            raise
        finally:
            cursor.close()
        last, first = rows[0][0], rows[0][1]
        if last == seen:
            return Touched(frozenset(), seen)
        if first != seen + 1 or len(rows) > MOST_TAGS:
            return Touched(frozenset({EVERYTHING}), last)
        return Touched(frozenset(row[2] for row in rows), last)

    def note(self, touched: Touched) -> None:
        """Going back after an older transaction would only touch some tags again."""
        if touched.seen:
            self._stamps.notes[SEEN] = touched.seen


_NEWS = f"""\
SELECT last.seq, outbox.id, outbox.cache_tag
FROM (SELECT coalesce(max(seq), 0) AS seq FROM sqlite_sequence WHERE name = 'outbox') AS last
LEFT JOIN outbox ON outbox.id > ? ORDER BY outbox.id LIMIT {MOST_TAGS + 1}"""  # noqa: S608
