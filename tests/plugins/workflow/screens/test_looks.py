"""The screens: accessible in both modes, on a phone and wide, in their window, under our policy."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from blog_core.ports import Actor
from plugins.workflow.people.approving import decide
from plugins.workflow.people.assigning import assign
from plugins.workflow.people.noting import add_note
from plugins.workflow.people.post_seen import seen
from plugins.workflow.people.review_links import invite
from plugins.workflow.saving import save_stage
from plugins.workflow.screens.placing import move
from tests.editor.desk import Desk
from tests.editor.test_looks import LOOKS, faults_of
from tests.flows.world import World

AUTHOR, EDITOR = Actor(1, "Author", "author"), Actor(2, "Editor", "editor")
LONG = "A title that is long enough to wrap in every column there is, and in the calendar too"


@pytest.fixture(params=LOOKS)
def page(desk: Desk, request: pytest.FixtureRequest) -> Page:
    width, height, scheme = LOOKS[request.param]
    at_work(desk.world)
    return desk.sign_in("editor", viewport={"width": width, "height": height}, color_scheme=scheme)


def at_work(world: World) -> None:
    """A post in the midst of everything."""
    other = world.draft(AUTHOR, LONG)
    yesterday = world.site.clock().date() - timedelta(days=1)
    with world.site.transaction(AUTHOR) as session:
        save_stage(
            session,
            post_id=1,
            stage_id="planning.idea",
            version=0,
            fields={"idea": "Bread takes time.", "audience": "Bakers"},
        )
        assign(session, post_id=1, stage_id="planning.idea", account_id=2, due_on=yesterday)
        assign(session, post_id=other, stage_id="planning.idea", account_id=2, due_on=yesterday)
    with world.site.transaction(EDITOR) as session:
        move(session, post_id=other, stage_id="planning.research")
        add_note(session, post_id=1, body="How much time, exactly?", quote="needs time")
        add_note(session, post_id=1, body="A photo would help.")
        digest = seen(session, 1, "read-drafts").digest
        decide(session, post_id=1, digest=digest, verdict="changes", note="Where is the salt?")
        invite(session, post_id=1, reviewer="Dr. Rye")
    with world.site.transaction(AUTHOR) as session:
        add_note(session, post_id=1, body="An hour.", thread_id=1)


def opens(path: str) -> Callable[[Desk, Page], None]:
    def view(desk: Desk, page: Page) -> None:
        page.goto(f"/admin/workflow{path}")

    return view


def a_conflict(desk: Desk, page: Page) -> None:
    page.goto("/admin/workflow/posts/1/stages/planning.idea")
    with desk.world.site.transaction(AUTHOR) as session:
        save_stage(
            session,
            post_id=1,
            stage_id="planning.idea",
            version=1,
            fields={"idea": "Time makes bread, and this line is long enough to wrap on a phone."},
        )
    page.get_by_label("What it is about").fill("Mine.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("both of you changed it")).to_be_visible()


def history_opened(desk: Desk, page: Page) -> None:
    page.goto("/admin/workflow/posts/1/history")
    page.get_by_text("What changed").first.click()


def a_form_sent_back(desk: Desk, page: Page) -> None:
    page.goto("/admin/workflow/posts/1/stages/planning.idea")
    page.context.clear_cookies()
    page.get_by_label("What it is about").fill("Typed while the sign-in ended.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Typed while the sign-in ended.")).to_be_visible()


def a_review(desk: Desk, page: Page) -> None:
    with desk.world.site.transaction(AUTHOR) as session:
        token = invite(session, post_id=1, reviewer="Dr. Rye").token
    page.goto(f"/review/{token}")
    expect(page.get_by_role("heading", name="Your verdict")).to_be_visible()


VIEWS = {
    "board": opens(""),
    "column": opens("/column?stage=planning.idea"),
    "post": opens("/posts/1"),
    "stage": opens("/posts/1/stages/planning.idea"),
    "read": opens("/posts/1/read"),
    "mine": opens("/mine"),
    "calendar": opens("/calendar"),
    "history": history_opened,
    "conflict": a_conflict,
    "sent back": a_form_sent_back,
    "review": a_review,
}


def test_every_screen_is_accessible_fits_its_window_and_keeps_the_policy(desk: Desk, page: Page):
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    found = {}
    for name, view in VIEWS.items():
        view(desk, page)
        faults = faults_of(page)
        if faults:
            found[name] = faults
    assert found == {}
    assert [text for text in complaints if "Failed to load resource" not in text] == []
