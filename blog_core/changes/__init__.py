"""What writes touched: cache tags, collected by readers and moved by writers.

Triggers write the tags of every changed row to the outbox, in the writer's own transaction. Right
after the commit their stamps move in the memory that all processes of a host share; a cache entry
whose stamps moved is not used any more.
"""

from blog_core.changes.bulk import bulk
from blog_core.changes.collect import Collected, collecting, depend, expire_at, uncacheable
from blog_core.changes.rules import Each, TagRule
from blog_core.changes.stamps import Moment, Stamp, Stamps
from blog_core.changes.transactions import Changes
from blog_core.changes.writing import in_writing_transaction

__all__ = [
    "Changes",
    "Collected",
    "Each",
    "Moment",
    "Stamp",
    "Stamps",
    "TagRule",
    "bulk",
    "collecting",
    "depend",
    "expire_at",
    "in_writing_transaction",
    "uncacheable",
]
