"""The box beside the editor: asking, watching the answer come, taking it piece by piece."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from flask import url_for

from blog_core.api import Asset, Panel, current_actor

if TYPE_CHECKING:
    from blog_core.api import Contribute, Site

FOLDER = Path(__file__).parent
IMPORTED = ("ask", "element", "fields", "follow", "piece", "suggestion", "wire")


def contribute_panel(contribute: "Contribute") -> None:
    """The panel, its template, style and script."""
    contribute.templates(FOLDER / "templates")
    contribute.panel(
        Panel("assistant", "Assistant", "llm/panel.html", panel_data, permission="edit-posts")
    )
    contribute.asset(Asset(FOLDER / "static" / "assistant.css", "editor"))
    contribute.asset(Asset(FOLDER / "static" / "assistant.js", "editor"))
    for name in IMPORTED:
        contribute.asset(Asset(FOLDER / "static" / f"assistant-{name}.js", "imported"))


def panel_data(site: "Site", post_id: int) -> Mapping[str, object]:
    """Where the script asks what there is; a page of its own without scripts."""
    from plugins.llm.own import own_llm

    settings = own_llm(site, "The assistant").settings
    return {
        "missing": settings.missing,
        "may_set": site.access.allows(current_actor(), "manage-site"),
        "overview_url": url_for(".llm_overview", post_id=post_id),
    }
