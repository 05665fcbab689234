"""The plugin's own objects behind the cache port, for its commands and pages."""

from blog_core.api import PluginNotEnabled, Site

from .provider import BlogCache


def own_cache(site: Site, wanted: str) -> BlogCache:
    """This plugin's cache. Raises `PluginNotEnabled` when another one provides the port."""
    provider = getattr(site.ports.cache, "inner", site.ports.cache)
    if not isinstance(provider, BlogCache):
        raise PluginNotEnabled("cache", wanted)
    return provider
