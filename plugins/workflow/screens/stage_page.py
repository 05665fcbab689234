"""A sub-stage of a post: its fields, what is missing, checks, who does it, and its history."""

from collections.abc import Iterable, Mapping

from flask import Response, request, url_for

from blog_core.api import (
    BlogError,
    Site,
    ValidationError,
    compared,
    current_site,
    render_admin,
)
from plugins.workflow.definition import UnknownStage
from plugins.workflow.fields import Value
from plugins.workflow.names import load_stage_data
from plugins.workflow.overview import Overview, PartView, stage_overview
from plugins.workflow.people.assigning import ASSIGNMENTS, who_can
from plugins.workflow.people.post_seen import read_post
from plugins.workflow.refusals import StageConflict
from plugins.workflow.saving import save_stage
from plugins.workflow.screens.asked import SAID, form_number
from plugins.workflow.screens.heading import Heading
from plugins.workflow.screens.post_page import without_stage
from plugins.workflow.screens.stage_form import FieldBox, boxes, boxes_again, changed_values, shown

HISTORY_SHOWN = 5
ACTIONS: Mapping[str, str] = {
    "start": "Save and start",
    "complete": "Save and complete",
    "reopen": "Reopen",
}


def stage(post_id: int, stage_id: str, said: str = "") -> Response:
    """The form of a sub-stage, and what it sends."""
    site = current_site()
    overview = stage_overview(post_id, site=site)
    try:
        part = overview.part(stage_id)
    except UnknownStage as error:
        return without_stage(post_id, error)
    if request.method != "POST":
        return _page(site, overview, part, boxes(part), said=SAID.get(said, ""))
    action = request.form.get("action", "") or None
    try:
        with site.transaction() as session:
            saved = save_stage(
                session,
                post_id=post_id,
                stage_id=stage_id,
                version=form_number("version", 0),
                fields=changed_values(part, request.form),
                action=action,
                note=request.form.get("note", ""),
            )
    except BlogError as error:
        return _refused(site, post_id, stage_id, error)
    told = "completed" if action and saved.state == "COMPLETED" else "saved"
    there = url_for(".workflow_stage", post_id=post_id, stage_id=stage_id, said=told)
    return Response(status=303, headers={"Location": there})


def _refused(site: Site, post_id: int, stage_id: str, error: BlogError) -> Response:
    """The form again with everything that was typed, on the version that stands there now."""
    overview = stage_overview(post_id, site=site)
    part = overview.part(stage_id)
    faults = error.errors if isinstance(error, ValidationError) else ()
    collisions = error.collisions if isinstance(error, StageConflict) else ()
    names = {field.name for field in part.fields}
    again = boxes_again(
        part,
        request.form,
        {fault.field: fault.message for fault in faults},
        {each.field: each for each in collisions},
    )
    others = [f"{fault.field}: {fault.message}" for fault in faults if fault.field not in names]
    if isinstance(error, StageConflict):
        wrong = "Somebody else saved this stage while you were writing. Nothing was overwritten: "
        wrong += "compare below, and save again."
    elif faults:
        wrong = "Nothing was saved yet. The reasons stand beside the fields; your text is below."
    else:
        wrong = str(error)
    missing = [*others, *getattr(error, "missing", ())]
    return _page(site, overview, part, again, wrong=wrong, missing=missing, status=error.status)


def _page(
    site: Site,
    overview: Overview,
    part: PartView,
    fields: Iterable[FieldBox],
    *,
    said: str = "",
    wrong: str = "",
    missing: Iterable[str] = (),
    status: int = 200,
) -> Response:
    post_id, loaded = overview.post_id, load_stage_data(overview.post_id, part.stage_id)
    given = {row["stage_id"]: row for row in site.read(ASSIGNMENTS, {"post_id": post_id})}
    return render_admin(
        "workflow/stage.html",
        status=status,
        post=Heading(post_id, overview.title),
        overview=overview,
        part=part,
        boxes=tuple(fields),
        actions=[each for each in part.actions if each.is_open or each.missing],
        action_titles=ACTIONS,
        asked_by_gates=_asked_by_gates(part),
        checks=loaded["checks"],
        late=loaded["errors"],
        history=(loaded["history"] or ())[:HISTORY_SHOWN],
        given=given.get(part.stage_id),
        able=who_can(site, read_post(site, post_id)) if overview.may_edit else (),
        differences=_differences,
        shown=shown,
        said=said,
        wrong=wrong,
        missing=tuple(missing),
        note=request.form.get("note", ""),
    )


def _asked_by_gates(part: PartView) -> list[str]:
    """What the actions of a sub-stage miss beside its own fields."""
    found = (each for action in part.actions for each in action.missing if each.kind != "field")
    return list(dict.fromkeys(each.text for each in found))


def _differences(name: str, before: Value, after: Value) -> object:
    """Two values of a field, compared by lines."""
    return compared([(name, shown(before), shown(after))])
