"""The public functions: a post's sub-stage and its pieces, from the current blog."""

from collections.abc import Mapping, Sequence
from typing import Any

from blog_core.api import PluginNotEnabled, current_site
from plugins.workflow.loading.assembling import basic_data, shown_fields
from plugins.workflow.loading.statements import PartReader
from plugins.workflow.own import own_stages
from plugins.workflow.standing import definition_of


def load_stage_data(post_id: int, stage_id: str) -> dict[str, Any]:
    """The basic data of a post and its sub-stage `stage_id` (a dotted name: `authoring.draft`).

    Beside the basic data: `fields`, `history` (newest first), `status` (NOT_STARTED, IN_PROGRESS or
    COMPLETED), `version`, `missing` (what it still needs), `checks` (by name) and `kept` (values of
    an earlier definition). A part that failed or was late is None, or not among the checks:
    `errors` names it with the reason, and `complete` is False. Raises `NotFound`, naming the stages
    that there are.
    """
    site = current_site()
    if not site.host.is_loaded("workflow"):
        raise PluginNotEnabled("workflow", "load_stage_data()")
    return dict(site.ports.stages.load(post_id, stage_id))


def get_stage_data(post_id: int, stage_id: str) -> dict[str, Any]:
    """The basic data alone: id, title, content, status (the post's), slug, author and times."""
    data = basic_data(_reader("get_stage_data()", post_id, stage_id).basic())
    return {**data, "status": data["post_status"]}


def get_stage_fields(post_id: int, stage_id: str) -> Mapping[str, Any]:
    """The values written down in a sub-stage, by field name. Raises `NotFound`."""
    reader = _reader("get_stage_fields()", post_id, stage_id)
    parts = reader.single()
    definition = definition_of(own_stages(current_site()).catalogue, parts.basic)
    return shown_fields(definition.find(stage_id), parts.fields.values if parts.fields else {})


def get_stage_history(post_id: int, stage_id: str) -> Sequence[Mapping[str, Any]]:
    """What was changed in a sub-stage, newest first. Raises `NotFound`."""
    reader = _reader("get_stage_history()", post_id, stage_id)
    return _of_a_post(reader, reader.history())


def get_stage_status(post_id: int, stage_id: str) -> str:
    """NOT_STARTED, IN_PROGRESS or COMPLETED. Raises `NotFound`."""
    reader = _reader("get_stage_status()", post_id, stage_id)
    status = reader.status()
    if status.version == 0:
        reader.basic()
    return status.state


def _of_a_post(
    reader: PartReader, history: Sequence[Mapping[str, Any]]
) -> Sequence[Mapping[str, Any]]:
    """A history; where there is none, the post is looked for."""
    if not history:
        reader.basic()
    return history


def _reader(wanted: str, post_id: int, stage_id: str) -> PartReader:
    return own_stages(current_site(), wanted).loading.reader(post_id, stage_id)
