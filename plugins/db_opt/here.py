"""The blog that a public function works on; it must have this plugin enabled."""

from blog_core.api import PluginNotEnabled, Site, current_site


def site_for(wanted: str) -> Site:
    """The current blog. Raises `NoCurrentBlog`, or `PluginNotEnabled` naming what was wanted."""
    site = current_site()
    if not site.host.is_loaded("db_opt"):
        raise PluginNotEnabled("db_opt", wanted)
    return site
