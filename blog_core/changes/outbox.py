"""What the outbox says: the tags of the transaction about to be committed, and news of others.

Rows are written by triggers. What this host has seen of them is kept in the notes of the stamps, so
that its processes do not repeat each other's work.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import PoolProxiedConnection

from blog_core.cache_tags import EVERYTHING
from blog_core.ports import CacheTags


@dataclass(frozen=True, slots=True)
class Touched:
    """Tags found in the outbox, and what to note as seen once their stamps have moved."""

    cache_tags: CacheTags
    seen: int = 0
    transactions: tuple[int, ...] = ()
    looked_at_s: int = 0

    @property
    def everything(self) -> bool:
        """Whether all cache entries are out of date."""
        return EVERYTHING in self.cache_tags

    def unseen(self) -> "Touched":
        """The same tags, still to be dealt with again later."""
        return Touched(self.cache_tags)


class OutboxReader(Protocol):
    """Reads the outbox of one blog on one kind of database. Connections are the driver's.

    `commits_late`: an autocommitted statement that returns rows stands only when all are read, so
    that a look is needed when the connection is given back.
    """

    commits_late: bool

    def has_written(self, connection: PoolProxiedConnection, statement: str = "") -> bool:
        """Whether something was written here since `forget`, maybe by the statement just run."""

    def is_committed(self, connection: PoolProxiedConnection, cursor: Any) -> bool:
        """Whether what the cursor just did stands already, because no transaction is open."""

    def forget(self, connection: PoolProxiedConnection) -> None:
        """Take what was written so far as dealt with."""

    def of_transaction(self, connection: Any) -> Touched:
        """What the transaction under way on this connection touched."""

    def news(self, connection: Any) -> Touched:
        """What was touched and this host has not dealt with yet."""

    def note(self, touched: Touched) -> None:
        """Note as dealt with; call it after the stamps have moved."""
