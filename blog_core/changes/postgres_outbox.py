"""The outbox on PostgreSQL."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import PoolProxiedConnection

from blog_core.cache_tags import EVERYTHING
from blog_core.changes.outbox import Touched
from blog_core.changes.stamps import NOTES, Stamps
from blog_core.model.queue import OUTBOX_KEPT_S
from blog_core.model.triggers.sql import quoted

SEEN, _LOOKED_AT_S = 0, 1
_RING, _RING_SIZE = NOTES // 2, NOTES // 2
_WRITTEN = "blog_changes_written"
_IDLE, _IN_TRANSACTION = 0, 2  # libpq's PQTRANS_IDLE and PQTRANS_INTRANS


class PostgresOutbox:
    """On PostgreSQL transactions commit in any order, so rows are told apart by transaction.

    Every transaction below `seen` had ended when this host looked last; of the others a ring in the
    shared notes and a set of this process say which were dealt with.
    """

    commits_late = False

    def __init__(self, stamps: Stamps, schema: str | None) -> None:
        self._stamps = stamps
        self._schema = schema
        self._handled: set[int] = set()
        self._exists = False
        table = f"{quoted(schema)}.outbox" if schema else "outbox"
        self._table = table
        self._of_transaction = _OWN.replace("<outbox>", table)
        self._news = _NEWS.replace("<outbox>", table)

    def has_written(self, connection: PoolProxiedConnection, statement: str = "") -> bool:
        """Remember statements that may write to the blog's tables.

        A SELECT that calls a writing function is not recognised; the relay hears of it.
        """
        if statement and self._may_write(statement):
            connection.info[_WRITTEN] = True
        return bool(connection.info.get(_WRITTEN))

    def _may_write(self, statement: str) -> bool:
        if statement.lstrip()[:7].upper().startswith(_READING):
            return False
        # In a host app the other statements are the app's own, and none of our business.
        return self._schema is None or self._schema in statement

    def is_committed(self, connection: PoolProxiedConnection, cursor: Any) -> bool:
        """The connection knows whether a transaction is open."""
        driver: Any = connection.dbapi_connection
        return bool(driver.get_transaction_status() == _IDLE)

    def forget(self, connection: PoolProxiedConnection) -> None:
        """Remove the mark."""
        connection.info[_WRITTEN] = False

    def of_transaction(self, connection: Any) -> Touched:
        """The rows with this transaction's number."""
        if connection.get_transaction_status() != _IN_TRANSACTION:
            return Touched(frozenset())  # it has failed, so it will be rolled back
        rows = self._rows(connection, self._of_transaction)
        numbers = tuple({row[0] for row in rows})
        return Touched(frozenset(row[1] for row in rows), transactions=numbers)

    def news(self, connection: Any) -> Touched:
        """The rows of transactions that this host has not dealt with."""
        notes = self._stamps.notes
        horizon, looked_at_s = notes[SEEN], notes[_LOOKED_AT_S]
        rows = self._rows(connection, self._news, (horizon,))
        if not rows:
            return Touched(frozenset(), horizon, looked_at_s=looked_at_s)
        lowest, highest, now_s = rows[0][:3]
        # A database that counts from below again is another one, or the same from a backup.
        if not horizon or highest < horizon or now_s - looked_at_s > OUTBOX_KEPT_S // 2:
            return Touched(frozenset({EVERYTHING}), lowest, looked_at_s=now_s)
        fresh = [row[3:] for row in rows if row[3] is not None and self._is_fresh(row[3])]
        numbers = tuple({number for number, _ in fresh})
        return Touched(frozenset(tag for _, tag in fresh), max(lowest, horizon), numbers, now_s)

    def _is_fresh(self, number: int) -> bool:
        return number not in self._handled and self._stamps.notes[_place(number)] != number

    def note(self, touched: Touched) -> None:
        """Note the transactions; and, after `news`, up to where all had ended."""
        for number in touched.transactions:
            self._stamps.notes[_place(number)] = number
        self._handled.update(touched.transactions)
        if touched.seen:
            self._stamps.notes[SEEN] = touched.seen
            self._stamps.notes[_LOOKED_AT_S] = touched.looked_at_s
            self._handled = {number for number in self._handled if number >= touched.seen}

    def _rows(self, connection: Any, query: str, params: Iterable[int] = ()) -> list[Any]:
        with connection.cursor() as cursor:
            if not self._exists:
                # A host app must be able to commit before `blog migrate` was run.
                cursor.execute("SELECT to_regclass(%s)", (self._table,))
                self._exists = cursor.fetchone()[0] is not None
            if not self._exists:
                return []
            cursor.execute(query, tuple(params))
            return list(cursor.fetchall())


def _place(number: int) -> int:
    return _RING + number % _RING_SIZE


_READING = ("SELECT", "SHOW", "SET LOC", "SAVEPOI", "RELEASE", "ROLLBAC")
_OWN = """\
SELECT transaction_id, cache_tag FROM <outbox>
WHERE transaction_id = pg_current_xact_id_if_assigned()::text::bigint"""
_NEWS = """\
SELECT now.lowest, now.highest, now.at_s, outbox.transaction_id, outbox.cache_tag
FROM (
  SELECT pg_snapshot_xmin(snapshot)::text::bigint AS lowest,
         pg_snapshot_xmax(snapshot)::text::bigint AS highest,
         extract(epoch FROM clock_timestamp())::bigint AS at_s
  FROM pg_current_snapshot() AS snapshot
) AS now
LEFT JOIN <outbox> AS outbox ON outbox.transaction_id >= %s"""
