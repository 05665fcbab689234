"""A sub-stage's form gives typed text back, merges what can be merged and shows what cannot."""

import pytest

from blog_core.ports import Actor
from plugins.workflow import get_stage_fields
from plugins.workflow.saving import save_stage
from tests.flows.world import World
from tests.plugins.workflow.screens.visiting import SAME_ORIGIN, TOKEN, Visitor

AUTHOR = Actor(1, "Author", "author")
IDEA = "/workflow/posts/1/stages/planning.idea"


@pytest.fixture
def editor(world: World) -> Visitor:
    return Visitor.of(world, "editor")


def writes(world: World, version: int, **fields: str) -> None:
    with world.site.transaction(AUTHOR) as session:
        save_stage(session, post_id=1, stage_id="planning.idea", version=version, fields=fields)


def test_what_is_written_down_is_saved_and_completed(editor: Visitor):
    answer = editor.send(IDEA, version=0, f_idea="Bread", was_idea="", action="complete")
    assert answer.headers["Location"].endswith("said=completed")
    page = editor.page(IDEA)
    assert "Bread</textarea>" in page
    assert "What it is about: there" in page


def test_a_fault_stands_beside_its_field_and_the_text_comes_back(editor: Visitor):
    answer = editor.send(IDEA, version=0, f_idea="Bread", f_audience="x" * 501, action="complete")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Who it is for: found 501 characters, expected at most 500." in page
    assert "x" * 501 in page
    assert "Bread</textarea>" in page
    assert get_stage_fields(1, "planning.idea")["idea"] == ""


def test_what_is_missing_is_named_before_and_after_trying(editor: Visitor):
    assert "What it is about: missing" in editor.page(IDEA)
    answer = editor.send(IDEA, version=0, f_idea="", action="complete")
    assert answer.status_code == 422
    assert "is required to complete" in answer.get_data(as_text=True)


def test_changes_of_different_fields_go_together_unasked(world: World, editor: Visitor):
    writes(world, 0, idea="Bread")
    writes(world, 1, audience="Bakers")
    answer = editor.send(
        IDEA, version=1, was_idea="Bread", f_idea="Rye bread", was_audience="", f_audience=""
    )
    assert answer.status_code == 303
    assert get_stage_fields(1, "planning.idea") == {"idea": "Rye bread", "audience": "Bakers"}


def test_two_changes_of_one_field_are_shown_with_their_origin_and_merged(
    world: World, editor: Visitor
):
    writes(world, 0, idea="one\ntwo\nthree\nfour\nfive")
    writes(world, 1, idea="ONE\ntwo\nthree\nfour\nfive", audience="Bakers")
    sent = {
        "was_idea": "one\r\ntwo\r\nthree\r\nfour\r\nfive",
        "f_idea": "one\r\ntwo\r\nthree\r\nfour\r\nFIVE",
        "was_audience": "",
        "f_audience": "",
    }
    answer = editor.send(IDEA, version=1, **sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 412
    assert "both of you changed it" in page
    assert "<ins>ONE</ins>" in page
    assert "<ins>FIVE</ins>" in page
    assert "ONE\ntwo\nthree\nfour\nFIVE</textarea>" in page
    assert 'name="version" value="2"' in page
    assert "Bakers</textarea>" in page
    saved = editor.send(
        IDEA,
        version=2,
        was_idea="ONE\ntwo\nthree\nfour\nfive",
        f_idea="ONE\ntwo\nthree\nfour\nFIVE",
        was_audience="Bakers",
        f_audience="Bakers",
    )
    assert saved.status_code == 303
    assert get_stage_fields(1, "planning.idea")["idea"] == "ONE\ntwo\nthree\nfour\nFIVE"


def test_changes_of_the_same_line_keep_ones_own_text_in_the_box(world: World, editor: Visitor):
    writes(world, 0, idea="Theirs")
    answer = editor.send(IDEA, version=0, was_idea="", f_idea="Mine")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 412
    assert "Mine</textarea>" in page
    assert "<ins>Theirs</ins>" in page


def test_an_unknown_stage_names_those_that_there_are(editor: Visitor):
    page = editor.page("/workflow/posts/1/stages/planning", status=404)
    assert "There are: planning.idea" in page


def test_nobody_sees_the_stages_of_a_draft_that_is_not_theirs(world: World):
    world.account("contributor")
    visitor = Visitor.of(world, "contributor")
    for path in ("", "/stages/planning.idea", "/read", "/history"):
        visitor.page(f"/workflow/posts/1{path}", status=404)


def test_work_is_given_on_the_page_and_shown_there_and_in_the_calendar(
    world: World, editor: Visitor
):
    answer = editor.send(f"{IDEA}/give", account_id=1, due_on="2026-11-30")
    assert answer.status_code == 303
    assert '<option value="1" selected>Author</option>' in editor.page(IDEA)
    assert "Idea due, Author" in editor.page("/workflow/calendar?month=2026-11")
    assert "Idea, due" in Visitor.of(world, "author").page("/workflow/mine")
    refused = editor.send(f"{IDEA}/give", account_id=1, due_on="soon")
    assert refused.status_code == 422
    assert "expected a day such as 2026-11-24" in refused.get_data(as_text=True)


def test_history_shows_what_changed_and_gives_it_back(world: World, editor: Visitor):
    writes(world, 0, idea="Bread")
    writes(world, 1, idea="Cake")
    page = editor.page("/workflow/posts/1/history")
    assert "<del>Bread</del>" in page
    assert "<ins>Cake</ins>" in page
    answer = editor.send(f"{IDEA}/restore", version=2, to_version=1)
    assert answer.status_code == 303
    assert get_stage_fields(1, "planning.idea")["idea"] == "Bread"
    stale = editor.send(f"{IDEA}/restore", version=2, to_version=1)
    assert stale.status_code == 412
    assert "is at version 3" in stale.get_data(as_text=True)


def test_the_panel_beside_the_editor_says_what_is_missing(editor: Visitor):
    page = editor.page("/posts/1/edit")
    assert "Before readers can see it" in page
    assert 'href="/admin/workflow/posts/1/stages/publishing.review"' in page


def test_a_form_sent_after_the_sign_in_ended_comes_back_and_is_sent_again(
    world: World, editor: Visitor
):
    form = {"version": "0", "was_idea": "", "f_idea": "Bread\r\nand time", "action": "complete"}
    answer = world.client().post(f"/admin{IDEA}", data=form, headers=SAME_ORIGIN)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert "Bread\r\nand time</textarea>" in page.replace("\n", "\r\n").replace("\r\r", "\r")
    assert 'name="action" value="complete"' in page
    stale = editor.client.post(f"/admin{IDEA}", data=form, headers=SAME_ORIGIN)
    assert stale.status_code == 403
    found = TOKEN.search(stale.get_data(as_text=True))
    assert found is not None
    again = {**form, "form_token": found[1]}
    assert editor.client.post(f"/admin{IDEA}", data=again, headers=SAME_ORIGIN).status_code == 303
    assert get_stage_fields(1, "planning.idea")["idea"] == "Bread\nand time"


def test_a_form_of_another_site_does_not_come_back(editor: Visitor):
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = editor.client.post(f"/admin{IDEA}", data={"f_idea": "Evil"}, headers=headers)
    assert answer.status_code == 403
    assert "Evil" not in answer.get_data(as_text=True)
