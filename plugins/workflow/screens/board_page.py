"""The board: a column for each sub-stage, posts as cards, moved by hand, by keyboard or a form."""

from datetime import UTC, datetime

from flask import Response, jsonify, request, url_for

from blog_core.api import (
    BlogError,
    Cursor,
    FieldError,
    Site,
    Subject,
    ValidationError,
    current_site,
    render_admin,
)
from plugins.workflow.definition import UnknownStage
from plugins.workflow.own import own_stages
from plugins.workflow.screens.asked import SAID, form_id
from plugins.workflow.screens.board import LEFT, read_board, read_column, titles
from plugins.workflow.screens.placing import NEW, move

COLUMN_CARDS = 50
_FIRST = Cursor(datetime(9999, 12, 31, tzinfo=UTC), 2**62)


def board(said: str = "") -> Response:
    """The board of all posts, or of one's own for those who may read no others."""
    return _board(SAID.get(said, ""))


def column(stage: str = "", page: Cursor | None = None) -> Response:
    """All cards of one sub-stage, a page at a time."""
    site = current_site()
    catalogue = own_stages(site, "The board").catalogue
    try:
        catalogue.check_stage(stage)
    except UnknownStage as error:
        return _board("", wrong=str(error), status=error.status)
    own, me = _whose(site)
    place = page or _FIRST
    cards = read_column(site, stage, place, own=own, me=me, limit=COLUMN_CARDS + 1)
    last = cards[COLUMN_CARDS - 1] if len(cards) > COLUMN_CARDS else None
    return render_admin(
        "workflow/column.html",
        stage_id=stage,
        title=next(title for stage_id, _, title in titles(catalogue) if stage_id == stage),
        cards=cards[:COLUMN_CARDS],
        older=str(Cursor(last.moved_at, last.post_id)) if last else "",
    )


def move_card() -> Response:
    """Move the chosen card; to the script as JSON, else back to the board."""
    site = current_site()
    by_script = request.headers.get("Accept") == "application/json"
    try:
        _move(site)
    except BlogError as error:
        if by_script:
            return _told(str(error), status=error.status)
        return _board("", wrong=str(error), status=error.status)
    if by_script:
        return _told(SAID["moved"])
    return Response(status=303, headers={"Location": url_for(".workflow_board", said="moved")})


def _move(site: Site) -> None:
    post_id, place = form_id("post_id"), request.form.get("stage_id", "")
    seen_in = request.form.get("seen_in")
    if post_id is None:
        raise ValidationError([FieldError("post_id", "required", "choose a card first")])
    with site.transaction() as session:
        move(session, post_id=post_id, stage_id=place, seen_in=seen_in)


def _board(told: str, *, wrong: str = "", status: int = 200) -> Response:
    site = current_site()
    catalogue = own_stages(site, "The board").catalogue
    own, me = _whose(site)
    return render_admin(
        "workflow/board.html",
        status=status,
        columns=read_board(site, catalogue, own=own, me=me),
        said=told,
        wrong=wrong,
        # Made once, not for each of two hundred cards.
        posts_url=url_for(".workflow_post", post_id=0).removesuffix("0"),
        new=NEW,
        left=LEFT,
    )


def _whose(site: Site) -> tuple[bool, int]:
    """Whether only the actor's own posts are shown, and who they are."""
    actor = site.access.current_actor()
    reads_all = site.access.allows(actor, "read-drafts", Subject("post", "of anybody"))
    return not reads_all, actor.account_id or 0


def _told(message: str, *, status: int = 200) -> Response:
    answer = jsonify(message=message)
    answer.status_code = status
    return answer
