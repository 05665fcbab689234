"""A post in its workflow: its stages, who does what until when, what keeps it from readers."""

from flask import Response, request, url_for
from sqlalchemy import bindparam, select

from blog_core.api import BlogError, Query, current_site, render_admin
from plugins.workflow.overview import stage_overview
from plugins.workflow.people.assigning import ASSIGNMENTS, assign
from plugins.workflow.screens.asked import SAID, form_day, form_id
from plugins.workflow.screens.heading import Heading
from plugins.workflow.screens.model import WorkflowCard
from plugins.workflow.screens.placing import move, take_off

CARD = Query(
    "workflow.card",
    select(WorkflowCard.stage_id).where(WorkflowCard.post_id == bindparam("post_id")),
)


def post(post_id: int, said: str = "") -> Response:
    """Where a post stands."""
    return _page(post_id, said=SAID.get(said, ""))


def place(post_id: int) -> Response:
    """Put the post into a sub-stage on the board, or take it off."""
    stage_id = request.form.get("stage_id", "")
    try:
        with current_site().transaction() as session:
            if stage_id:
                move(session, post_id=post_id, stage_id=stage_id)
            else:
                take_off(session, post_id=post_id)
    except BlogError as error:
        return _page(post_id, wrong=str(error), status=error.status)
    told = "moved" if stage_id else "off"
    return Response(
        status=303, headers={"Location": url_for(".workflow_post", post_id=post_id, said=told)}
    )


def give(post_id: int, stage_id: str) -> Response:
    """Give a sub-stage to somebody, until a day."""
    site = current_site()
    try:
        with site.transaction() as session:
            assign(
                session,
                post_id=post_id,
                stage_id=stage_id,
                account_id=form_id("account_id"),
                due_on=form_day("due_on"),
            )
    except BlogError as error:
        return _page(post_id, wrong=str(error), status=error.status)
    there = url_for(".workflow_stage", post_id=post_id, stage_id=stage_id, said="assigned")
    return Response(status=303, headers={"Location": there})


def without_stage(post_id: int, error: BlogError) -> Response:
    """The page of a post whose stage was not found: it names those that there are."""
    return _page(post_id, wrong=str(error), status=error.status)


def _page(post_id: int, *, said: str = "", wrong: str = "", status: int = 200) -> Response:
    site = current_site()
    overview = stage_overview(post_id, site=site)
    card = site.read(CARD, {"post_id": post_id})
    today = site.clock().date()
    return render_admin(
        "workflow/post.html",
        status=status,
        post=Heading(post_id, overview.title),
        overview=overview,
        given={row["stage_id"]: row for row in site.read(ASSIGNMENTS, {"post_id": post_id})},
        standing_in=card[0]["stage_id"] if card else "",
        today=today,
        said=said,
        wrong=wrong,
    )
