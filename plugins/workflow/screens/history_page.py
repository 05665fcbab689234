"""What happened to a post in its stages, newest first, with what changed, and the way back."""

from collections.abc import Mapping

from flask import Response, url_for
from sqlalchemy import bindparam, select

from blog_core.api import BlogError, Query, compared, current_site, render_admin
from plugins.workflow.fields import Value
from plugins.workflow.model import WorkflowHistory
from plugins.workflow.overview import stage_overview
from plugins.workflow.saving import restore_stage
from plugins.workflow.screens.asked import LARGEST_ID, SAID, form_number
from plugins.workflow.screens.heading import Heading
from plugins.workflow.screens.stage_form import shown

SHOWN = 30

HISTORY = Query(
    "workflow.post_history",
    select(
        WorkflowHistory.id,
        WorkflowHistory.stage_id,
        WorkflowHistory.version,
        WorkflowHistory.at,
        WorkflowHistory.actor,
        WorkflowHistory.kind,
        WorkflowHistory.action,
        WorkflowHistory.state,
        WorkflowHistory.changed,
        WorkflowHistory.note,
    )
    .where(
        WorkflowHistory.post_id == bindparam("post_id"), WorkflowHistory.id < bindparam("before")
    )
    .order_by(WorkflowHistory.id.desc())
    .limit(bindparam("limit")),
)


def history(post_id: int, before: int = LARGEST_ID, said: str = "") -> Response:
    """The entries of all sub-stages of a post."""
    return _page(post_id, before, said=SAID.get(said, ""))


def restore(post_id: int, stage_id: str) -> Response:
    """Give a sub-stage back what was written down in it at an earlier version."""
    try:
        with current_site().transaction() as session:
            restore_stage(
                session,
                post_id=post_id,
                stage_id=stage_id,
                version=form_number("version", 0),
                to_version=form_number("to_version", 0),
            )
    except BlogError as error:
        return _page(post_id, LARGEST_ID, wrong=str(error), status=error.status)
    there = url_for(".workflow_history", post_id=post_id, said="restored")
    return Response(status=303, headers={"Location": there})


def _page(
    post_id: int, before: int, *, said: str = "", wrong: str = "", status: int = 200
) -> Response:
    site = current_site()
    overview = stage_overview(post_id, site=site)
    rows = site.read(HISTORY, {"post_id": post_id, "before": before, "limit": SHOWN + 1})
    known = overview.standing.definition.parts
    return render_admin(
        "workflow/history.html",
        status=status,
        post=Heading(post_id, overview.title),
        overview=overview,
        rows=rows[:SHOWN],
        titles={stage_id: part.title for stage_id, part in known.items()},
        differences=_differences,
        older=rows[SHOWN - 1]["id"] if len(rows) > SHOWN else 0,
        said=said,
        wrong=wrong,
    )


def _differences(changed: Mapping[str, Mapping[str, Value]]) -> object:
    """The changed fields of an entry, compared by lines."""
    return compared(
        (name, shown(change["before"]), shown(change["after"])) for name, change in changed.items()
    )
