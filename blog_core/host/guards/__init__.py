"""What stands between the core and a plugin's object: one guard a port, and one for events."""

from blog_core.host.guards.cache import GuardedCache
from blog_core.host.guards.events import Answer, Events
from blog_core.host.guards.executor import GuardedExecutor
from blog_core.host.guards.stages import GuardedStages
from blog_core.host.guards.text import GuardedText
from blog_core.host.guards.watch import METRICS, Patience, Quarantine, Watch

__all__ = [
    "METRICS",
    "Answer",
    "Events",
    "GuardedCache",
    "GuardedExecutor",
    "GuardedStages",
    "GuardedText",
    "Patience",
    "Quarantine",
    "Watch",
]
