"""What writes touched: cache tags, collected by readers and moved by writers.

Triggers write the tags of every changed row to the outbox, in the writer's own transaction. Right
after the commit their stamps move in the memory that all processes of a host share; a cache entry
whose stamps moved is not used any more.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from blog_core.changes.collect import Collected, collecting, depend, expire_at, uncacheable
from blog_core.changes.stamps import Moment, Stamp, Stamps
from blog_core.changes.writing import in_writing_transaction

if TYPE_CHECKING:
    from blog_core.changes.bulk_mode import bulk
    from blog_core.changes.transactions import Changes

__all__ = [
    "Changes",
    "Collected",
    "Moment",
    "Stamp",
    "Stamps",
    "bulk",
    "collecting",
    "depend",
    "expire_at",
    "in_writing_transaction",
    "uncacheable",
]

_LATER = {"Changes": "blog_core.changes.transactions", "bulk": "blog_core.changes.bulk_mode"}


def __getattr__(name: str) -> Any:
    """What needs the models is loaded when it is first asked for: plugins come by here."""
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module 'blog_core.changes' has no attribute {name!r}")
