"""What writes touched: cache tags, collected by readers and moved by writers."""

from blog_core.changes.collect import Collected, collecting, depend, expire_at, uncacheable
from blog_core.changes.stamps import Moment, Stamp, Stamps

__all__ = [
    "Collected",
    "Moment",
    "Stamp",
    "Stamps",
    "collecting",
    "depend",
    "expire_at",
    "uncacheable",
]
