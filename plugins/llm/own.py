"""The plugin's own objects behind the text port, for its pages, jobs and commands."""

from blog_core.api import PluginNotEnabled, Site
from plugins.llm.provider import LlmText


def own_llm(site: Site, wanted: str) -> LlmText:
    """This plugin's part of a blog. Raises `PluginNotEnabled` when another provides the port."""
    provider = getattr(site.ports.text, "inner", site.ports.text)
    if not isinstance(provider, LlmText):
        raise PluginNotEnabled("llm", wanted)
    return provider
