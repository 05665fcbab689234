"""The panel beside the editor: where the post stands, and what keeps it from going out."""

from collections.abc import Mapping

from flask import url_for

from blog_core.api import Panel, Site
from plugins.workflow.overview import stage_overview


def stages_panel(site: Site, post_id: int) -> Mapping[str, object]:
    """What the template shows."""
    overview = stage_overview(post_id, site=site)
    return {
        "overview": overview,
        "post_url": url_for(".workflow_post", post_id=post_id),
        "read_url": url_for(".workflow_read", post_id=post_id),
        "presence_url": url_for(".workflow_presence", post_id=post_id),
        "stage_url": lambda stage_id: url_for(
            ".workflow_stage", post_id=post_id, stage_id=stage_id
        ),
    }


PANEL = Panel("stages", "Stages", "workflow/panel.html", stages_panel, permission="read-drafts")
