"""What the small modules add: dragging, keys, limits, selected words, who else is here."""

from playwright.sync_api import Page, expect

from blog_core.ports import Actor
from plugins.workflow.own import own_stages
from plugins.workflow.people.noting import NOTES
from plugins.workflow.screens.board import read_board
from plugins.workflow.screens.placing import move
from tests.editor.desk import Desk

EDITOR = Actor(2, "Editor", "editor")
IDEA = "planning.idea"
PATIENT_MS = 30_000
"""A loaded machine may need several rounds of the question who is here."""


def standing(desk: Desk) -> str:
    """The sub-stage that post 1 stands in."""
    site = desk.world.site
    columns = read_board(site, own_stages(site).catalogue, own=False, me=0)
    return next(c.stage_id for c in columns if any(card.post_id == 1 for card in c.cards))


def column(page: Page, stage_id: str):
    return page.locator(f'.wf-column[data-stage="{stage_id}"]')


def test_a_card_is_dragged_to_another_column(desk: Desk):
    page = desk.sign_in("editor")
    page.goto("/admin/workflow")
    page.locator(".wf-card").drag_to(column(page, "planning.research"))
    expect(page.locator("#wf-told")).to_contain_text(
        "“Bread and time” stands in Research now.", timeout=PATIENT_MS
    )
    expect(column(page, "planning.research").locator(".wf-card")).to_have_count(1)
    assert standing(desk) == "planning.research"


def test_a_card_goes_by_keys_and_keeps_the_focus(desk: Desk):
    page = desk.sign_in("editor")
    page.goto("/admin/workflow")
    page.get_by_label("Choose Bread and time").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#wf-told")).to_contain_text("stands in Idea now", timeout=PATIENT_MS)
    expect(page.get_by_label("Choose Bread and time")).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#wf-told")).to_contain_text("stands in Research now", timeout=PATIENT_MS)
    assert standing(desk) == "planning.research"


def test_a_card_that_is_not_taken_goes_back_and_says_why(desk: Desk):
    page = desk.sign_in("editor")
    page.goto("/admin/workflow")
    with desk.world.site.transaction(EDITOR) as session:
        move(session, post_id=1, stage_id="authoring.draft")
    page.get_by_label("Choose Bread and time").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#wf-told")).to_contain_text(
        "stands in authoring.draft by now", timeout=PATIENT_MS
    )
    expect(column(page, "").locator(".wf-card")).to_have_count(1)
    assert standing(desk) == "authoring.draft"


def test_the_form_moves_a_card_without_scripts(desk: Desk):
    page = desk.sign_in("editor", java_script_enabled=False)
    page.goto("/admin/workflow")
    page.get_by_label("Choose Bread and time").check()
    page.get_by_label("Move the chosen post to").select_option("publishing.review")
    page.get_by_role("button", name="Move").click()
    expect(page.get_by_role("status").first).to_have_text("Moved.")
    assert standing(desk) == "publishing.review"


def test_limits_are_told_while_typing(desk: Desk):
    page = desk.sign_in("author")
    page.goto(f"/admin/workflow/posts/1/stages/{IDEA}")
    page.get_by_label("Who it is for").fill("x" * 490)
    expect(page.get_by_text("10 characters left.")).to_be_visible()
    page.get_by_label("Who it is for").fill("é" * 503)
    expect(page.get_by_text("3 characters too many.")).to_be_visible()


def test_selected_words_become_the_quote_of_a_note(desk: Desk):
    page = desk.sign_in("editor")
    page.goto("/admin/workflow/posts/1/read")
    page.locator("#wf-draft p").last.dblclick(position={"x": 80, "y": 10})
    quote = page.locator("#quote")
    expect(quote).to_have_value("bread.".rstrip("."))
    page.get_by_label("Note", exact=True).fill("What kind?")
    page.get_by_role("button", name="Write the note").click()
    expect(page.get_by_text("Your note is there.")).to_be_visible()
    (row,) = desk.world.site.read(NOTES, {"post_id": 1})
    assert (row["quote"], row["before"][-6:], row["after"]) == ("bread", "needs ", ".")
    painted = "[...CSS.highlights.get('wf-notes')].map(range => range.toString())"
    assert page.evaluate(painted) == ["bread"]


def test_two_people_see_each_other_and_one_who_leaves_is_gone(desk: Desk):
    author, editor = desk.sign_in("author"), desk.sign_in("editor")
    desk.edit(author, 1)
    editor.goto(f"/admin/workflow/posts/1/stages/{IDEA}")
    expect(editor.get_by_text("Also here: Author (editing)")).to_be_visible(timeout=PATIENT_MS)
    expect(author.get_by_text(f"Also here: Editor ({IDEA})")).to_be_visible(timeout=PATIENT_MS)
    author.goto("/admin/")
    expect(editor.get_by_text("Also here: Author")).to_be_hidden(timeout=PATIENT_MS)
