"""The public functions: a post's sub-stage and its pieces, from the current blog."""

from collections.abc import Mapping
from typing import Any

from blog_core.api import PluginNotEnabled, current_site


def load_stage_data(post_id: int, stage_id: str) -> dict[str, Any]:
    """The basic data of a post and its sub-stage `stage_id` (a dotted name: `authoring.draft`).

    Beside the basic data: `fields`, `history` (newest first), `status` (NOT_STARTED, IN_PROGRESS or
    COMPLETED), `version`, `complete`, and `errors` (what is missing). Raises `NotFound`, naming the
    stages that there are.
    """
    site = current_site()
    if not site.host.is_loaded("workflow"):
        raise PluginNotEnabled("workflow", "load_stage_data()")
    return dict(site.ports.stages.load(post_id, stage_id))


def get_stage_data(post_id: int, stage_id: str) -> dict[str, Any]:
    """The basic data alone: id, title, content, slug, author and when it was changed."""
    stage = load_stage_data(post_id, stage_id)
    names = ("id", "title", "content", "post_status", "slug", "author_id", "updated_at")
    return {name: stage[name] for name in names}


def get_stage_fields(post_id: int, stage_id: str) -> Mapping[str, str]:
    """The texts written down in a sub-stage, by field name."""
    fields: Mapping[str, str] = load_stage_data(post_id, stage_id)["fields"]
    return fields


def get_stage_history(post_id: int, stage_id: str) -> list[Mapping[str, Any]]:
    """What was changed in a sub-stage, newest first."""
    history: list[Mapping[str, Any]] = load_stage_data(post_id, stage_id)["history"]
    return history


def get_stage_status(post_id: int, stage_id: str) -> str:
    """NOT_STARTED, IN_PROGRESS or COMPLETED."""
    return str(load_stage_data(post_id, stage_id)["status"])
