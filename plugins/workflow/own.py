"""The plugin's own object behind the stage port."""

from typing import TYPE_CHECKING

from blog_core.api import PluginNotEnabled, Site

if TYPE_CHECKING:
    from plugins.workflow.provider import WorkflowStages


def own_stages(site: Site, wanted: str = "A workflow") -> "WorkflowStages":
    """This plugin's stages. Raises `PluginNotEnabled` when another one provides the port."""
    from plugins.workflow.provider import WorkflowStages

    provider = getattr(site.ports.stages, "inner", site.ports.stages)
    if not isinstance(provider, WorkflowStages):
        raise PluginNotEnabled("workflow", wanted)
    return provider
