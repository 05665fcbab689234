"""The plugin host: finds, checks, orders, asks, guards and times the plugins of one blog."""

from blog_core.hookspecs import HOOK_API
from blog_core.host.checking import hook_names
from blog_core.host.contribute import Contribute
from blog_core.host.contributions import Contributions
from blog_core.host.guards import Patience
from blog_core.host.plugin_host import PluginHost
from blog_core.host.setup import Setup
from blog_core.host.status import PluginStatus

__all__ = [
    "HOOK_API",
    "Contribute",
    "Contributions",
    "Patience",
    "PluginHost",
    "PluginStatus",
    "Setup",
    "hook_names",
]
