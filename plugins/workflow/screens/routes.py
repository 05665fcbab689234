"""The routes of the screens, each with who may use it, what it takes and what it costs."""

from collections.abc import Mapping

from blog_core.api import NEVER, AdminPage, Cursor, Parser, Route, View
from plugins.workflow.screens import (
    board_page,
    calendar_page,
    history_page,
    post_page,
    presence_page,
    read_page,
    review_page,
    stage_page,
    work_page,
)
from plugins.workflow.screens.asked import day, month, said, short, small_id
from plugins.workflow.screens.calendar_page import LOOK_AHEAD
from plugins.workflow.screens.sent_back import sent_back

SMALL_BYTES = 64 * 1024
STAGE_BYTES = 4 * 1024 * 1024
"""Above the largest sub-stage that is accepted: one that is too large comes back with its error."""

_ID = "<int(max=9223372036854775807):post_id>"
_POST = f"/workflow/posts/{_ID}"


def _page(
    name: str,
    path: str,
    view: View,
    permission: str = "read-drafts",
    *,
    params: Mapping[str, Parser] | None = None,
    statements: int | None = None,
) -> Route:
    return Route(
        endpoint=f"workflow_{name}",
        rule=path,
        view=view,
        permission=permission,
        cache=NEVER,
        params=params or {},
        statements=statements,
    )


def _form(
    name: str,
    path: str,
    view: View,
    permission: str = "read-drafts",
    *,
    keeps_text: bool = False,
) -> Route:
    return Route(
        endpoint=f"workflow_{name}",
        rule=path,
        view=view,
        permission=permission,
        cache=NEVER,
        methods=("POST",),
        max_body_bytes=SMALL_BYTES,
        refused=sent_back if keeps_text else None,
    )


_SAID: Mapping[str, Parser] = {"said": said}

ADMIN_ROUTES = (
    _page("board", "/workflow", board_page.board, params=_SAID, statements=2),
    _page(
        "column",
        "/workflow/column",
        board_page.column,
        params={"stage": short, "page": Cursor.parse},
        statements=2,
    ),
    _form("move", "/workflow/move", board_page.move_card, "edit-posts"),
    _page("mine", "/workflow/mine", work_page.mine, params=_SAID, statements=6),
    _form("notices_read", "/workflow/mine/read", work_page.read_notices),
    _form("mail", "/workflow/mine/mail", work_page.choose),
    _page(
        "calendar",
        "/workflow/calendar",
        calendar_page.calendar,
        params={"month": month},
        statements=3,
    ),
    _page(
        "ahead",
        "/workflow/ahead",
        calendar_page.ahead,
        LOOK_AHEAD,
        params={"day": day, "page": Cursor.parse},
        statements=3,
    ),
    _page(
        "post_ahead",
        "/workflow/ahead/<slug>",
        calendar_page.post_ahead,
        LOOK_AHEAD,
        params={"day": day},
        statements=3,
    ),
    _page("post", _POST, post_page.post, params=_SAID, statements=6),
    _form("place", f"{_POST}/place", post_page.place, "edit-posts"),
    Route(
        endpoint="workflow_stage",
        rule=f"{_POST}/stages/<stage_id>",
        view=stage_page.stage,
        permission="read-drafts",
        cache=NEVER,
        methods=("GET", "POST"),
        params=_SAID,
        max_body_bytes=STAGE_BYTES,
        refused=sent_back,
    ),
    _form("give", f"{_POST}/stages/<stage_id>/give", post_page.give, "edit-posts"),
    _page(
        "history", f"{_POST}/history", history_page.history, params={**_SAID, "before": small_id}
    ),
    _form("restore", f"{_POST}/stages/<stage_id>/restore", history_page.restore, "edit-posts"),
    _page("read", f"{_POST}/read", read_page.read, params=_SAID, statements=8),
    _form("note", f"{_POST}/notes", read_page.note, keeps_text=True),
    _form("settle", f"{_POST}/notes/<int(max=9223372036854775807):note_id>", read_page.settle),
    _form("judge", f"{_POST}/verdict", read_page.judge, keeps_text=True),
    _form("ask_reviewer", f"{_POST}/links", read_page.ask_reviewer, "edit-posts"),
    _form(
        "take_back",
        f"{_POST}/links/<int(max=9223372036854775807):link_id>",
        read_page.take_back,
        "edit-posts",
    ),
    _form("presence", f"{_POST}/presence", presence_page.presence),
)

REVIEW_ROUTE = Route(
    endpoint="workflow_review",
    rule="/review/<token>",
    view=review_page.review,
    permission="public",
    cache=NEVER,
    methods=("GET", "POST"),
    params={"said": review_page.said_by_reviewer},
    max_body_bytes=SMALL_BYTES,
)

ADMIN_PAGES = (
    AdminPage("Board", "workflow_board", "read-drafts", group="write"),
    AdminPage("My work", "workflow_mine", "read-drafts", group="write"),
    AdminPage("Calendar", "workflow_calendar", "read-drafts", group="write"),
)
