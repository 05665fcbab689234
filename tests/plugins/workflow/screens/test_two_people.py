"""Two people in two browsers take a post from idea to published through every screen, at once."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from plugins.workflow import get_stage_fields
from plugins.workflow.history import verify_history
from tests.editor.desk import Desk, type_on

POST = "/admin/workflow/posts/2"
IDEA = "What it is about"


def test_from_idea_to_published_through_every_screen(desk: Desk):
    ann, ed = desk.sign_in("author"), desk.sign_in("editor")
    ann_has_an_idea_and_ed_places_it(ann, ed)
    ed_gives_ann_the_draft(desk, ann, ed)
    both_write_into_the_idea_at_once(ann, ed)
    the_gate_says_what_is_missing(desk, ann)
    ed_notes_what_ann_goes_on_writing(desk, ann, ed)
    the_text_is_approved_as_it_stands(ann, ed)
    somebody_without_an_account_approves_it_too(desk, ann)
    ed_completes_the_review(ann, ed)
    ann_schedules_it_and_ed_looks_ahead(desk, ann, ed)
    then_it_goes_out(desk, ann)
    assert list(verify_history(desk.world.site)) == []


def ann_has_an_idea_and_ed_places_it(ann: Page, ed: Page) -> None:
    ann.goto("/admin/posts/new")
    ann.get_by_label("Title").fill("Salt")
    ann.locator("#body").fill("Salt is *not* optional.")
    save(ann)
    ed.goto("/admin/workflow")
    card = ed.locator(".wf-card", has_text="Salt")
    card.drag_to(ed.locator('.wf-column[data-stage="planning.idea"]'))
    expect(ed.locator("#wf-told")).to_contain_text("“Salt” stands in Idea now.", timeout=30_000)


def ed_gives_ann_the_draft(desk: Desk, ann: Page, ed: Page) -> None:
    ed.goto(f"{POST}/stages/authoring.draft")
    ed.get_by_label("Done by").select_option("Author")
    due = desk.world.site.clock().date() + timedelta(days=7)
    ed.get_by_label("Due on").fill(due.isoformat())
    save(ed, "Save who and when")
    ann.goto("/admin/workflow/mine")
    expect(ann.get_by_text("Editor gave you authoring.draft of “Salt”")).to_be_visible()
    save(ann, "Mark all as read")
    expect(ann.get_by_role("link", name="Salt", exact=True).first).to_be_visible()


def both_write_into_the_idea_at_once(ann: Page, ed: Page) -> None:
    """Changes of different fields go together unasked; those of one field are merged and shown."""
    open_idea(ann, ed)
    box(ann, IDEA).fill("Salt\nand when to add it\nin bread")
    save(ann)
    box(ed, "Who it is for").fill("Bakers")
    save(ed)
    open_idea(ann, ed)
    box(ann, IDEA).fill("SALT\nand when to add it\nin bread")
    box(ed, IDEA).fill("Salt\nand when to add it\nin rye bread")
    save(ed)
    save(ann)
    expect(ann.get_by_text("both of you changed it")).to_be_visible()
    save(ann, "Save and complete")
    expect(ann.get_by_text("Completed.", exact=True)).to_be_visible()
    assert get_stage_fields(2, "planning.idea") == {
        "idea": "SALT\nand when to add it\nin rye bread",
        "audience": "Bakers",
    }


def the_gate_says_what_is_missing(desk: Desk, ann: Page) -> None:
    desk.edit(ann, 2)
    save(ann, "Publish now")
    expect(ann.get_by_text("Review (publishing.review) is NOT_STARTED").first).to_be_visible()


def ed_notes_what_ann_goes_on_writing(desk: Desk, ann: Page, ed: Page) -> None:
    ed.goto(f"{POST}/read")
    box(ed, "About these words").fill("not optional")
    box(ed, "Note").fill("Says who?")
    save(ed, "Write the note")
    desk.edit(ann, 2)
    type_on(ann, " Every baker says so.")
    save(ann)
    ann.goto(f"{POST}/read")
    expect(ann.locator(".wf-quote", has_text="not optional")).to_be_visible()
    ann.get_by_text("Answer", exact=True).first.click()
    box(ann, "Your answer").fill("Every baker.")
    save(ann, "Answer")
    save(ann, "Resolve")
    expect(ann.get_by_text("Resolved by Author")).to_be_visible()


def the_text_is_approved_as_it_stands(ann: Page, ed: Page) -> None:
    """Not as Ed read it before Ann went on writing, and not by Ann, who wrote it."""
    save(ed, "Approve this text")
    expect(ed.get_by_text("The text has changed since you read it")).to_be_visible()
    save(ann, "Approve this text")
    expect(ann.get_by_text("nobody approves their own work")).to_be_visible()
    ed.goto(f"{POST}/read")
    save(ed, "Approve this text")
    expect(ed.get_by_text("Your approval of this text is there.")).to_be_visible()


def somebody_without_an_account_approves_it_too(desk: Desk, ann: Page) -> None:
    ann.goto(f"{POST}/read")
    box(ann, "Name of the reviewer").fill("Dr. Rye")
    save(ann, "Make a review link")
    reviewer = a_stranger(desk)
    reviewer.goto(ann.get_by_label("Review link").input_value())
    save(reviewer, "Approve this text")
    expect(reviewer.get_by_text("your approval of this text is there")).to_be_visible()


def ed_completes_the_review(ann: Page, ed: Page) -> None:
    ed.goto(f"{POST}/stages/publishing.review")
    box(ed, "What the review found").fill("Fine.")
    save(ed, "Save and complete")
    ed.goto(POST)
    expect(ed.get_by_text("Before readers can see it")).to_be_hidden()
    ann.goto(f"{POST}/history")
    expect(ann.get_by_role("heading", name="Editor completed Review")).to_be_visible()


def ann_schedules_it_and_ed_looks_ahead(desk: Desk, ann: Page, ed: Page) -> None:
    at = desk.world.site.clock() + timedelta(days=3)
    desk.edit(ann, 2)
    ann.get_by_text("When readers see it").click()
    ann.get_by_label("Date and time in").fill(f"{at:%Y-%m-%d}T12:00")
    save(ann, "Save and schedule")
    ed.goto(f"/admin/workflow/calendar?month={at:%Y-%m}")
    expect(ed.locator(".wf-out", has_text="Salt")).to_be_visible()
    ed.get_by_label("At the end of").fill(f"{at:%Y-%m-%d}")
    save(ed, "Look")
    expect(ed.get_by_role("link", name="Salt").first).to_be_visible()


def then_it_goes_out(desk: Desk, ann: Page) -> None:
    reader = a_stranger(desk)
    reader.goto("/")
    expect(reader.get_by_role("link", name="Salt")).to_have_count(0)
    desk.edit(ann, 2)
    save(ann, "Publish now")
    reader.goto("/")
    reader.get_by_role("link", name="Salt").first.click()
    expect(reader.get_by_text("Every baker says so.")).to_be_visible()


def open_idea(*pages: Page) -> None:
    for page in pages:
        page.goto(f"{POST}/stages/planning.idea")


def box(page: Page, name: str):
    """A field of a form by the beginning of its label."""
    return page.get_by_role("textbox", name=name, exact=name == "Note")


def save(page: Page, button: str = "Save") -> None:
    """Press a button of a form, and wait for the page after it."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def a_stranger(desk: Desk) -> Page:
    context = desk.browser.new_context(base_url=desk.url)
    desk.contexts.append(context)
    return context.new_page()
