"""A browser without scripts, used by keyboard alone: writing, a conflict, a merge, an old text."""

import pytest
from playwright.sync_api import Page, expect

from blog_core.content.revisions import save_revision
from blog_core.content.text import PostText
from blog_core.site import SYSTEM
from tests.editor.desk import Desk


@pytest.fixture
def page(desk: Desk) -> Page:
    return desk.sign_in("author", java_script_enabled=False)


def press(page: Page, name: str, *, role: str = "button") -> None:
    """Go to a button or link by Tab and press it, as somebody without a mouse does."""
    wanted = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    expect(wanted).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab never reaches {name!r}")


def test_a_post_is_written_published_and_brought_back_to_an_old_text(desk: Desk, page: Page):
    page.goto("/admin/")
    press(page, "Write a post", role="link")
    page.get_by_label("Title").fill("By keyboard")
    page.locator("#body").fill("The first text.")
    press(page, "Save")
    expect(page.get_by_text("Saved as a revision.")).to_be_visible()
    page.locator("#body").fill("The second text.")
    press(page, "Publish now")
    expect(page.get_by_text("Published: readers see it now.")).to_be_visible()
    press(page, "Revisions", role="link")
    press(page, "Compare the two")
    expect(page.locator(".diff-gone")).to_have_text("The first text.")
    expect(page.locator(".diff-new")).to_have_text("The second text.")
    press(page, "Revision 1", role="link")
    press(page, "Restore this text as a new revision")
    expect(page.get_by_text("saved again, as a new revision")).to_be_visible()
    expect(page.locator("#body")).to_have_value("The first text.")
    assert desk.row(2)["head_number"] == 3


def test_a_conflict_is_merged_and_saved(desk: Desk, page: Page):
    page.goto("/admin/posts/1/edit")
    page.locator("#body").fill("At first.\n\nMine.")
    press(page, "Save")
    expect(page.get_by_text("Saved as a revision.")).to_be_visible()
    page.locator("#body").fill("At first.\n\nMine, and more.")
    with desk.world.site.transaction(SYSTEM) as session:
        text = PostText(title="A title", body="Theirs at first.\n\nMine.")
        save_revision(session, post_id=1, version=None, text=text)
    press(page, "Save")
    expect(page.get_by_text("Nothing was overwritten")).to_be_visible()
    press(page, "Put both together into the form")
    expect(page.locator("#body")).to_have_value("Theirs at first.\n\nMine, and more.")
    press(page, "Save")
    expect(page.get_by_text("Saved as a revision.")).to_be_visible()
    assert desk.row(1)["head_body"] == "Theirs at first.\n\nMine, and more."


def test_a_time_to_publish_at_is_set_and_taken_back(desk: Desk, page: Page):
    page.goto("/admin/posts/1/edit")
    page.locator("summary", has_text="When readers see it").click()
    page.locator("#publish_at").fill("2026-12-24T18:00")
    press(page, "Save and schedule")
    expect(page.get_by_text("Scheduled.")).to_be_visible()
    assert f"{desk.row(1)['publish_at']:%Y-%m-%d %H:%M}" == "2026-12-24 18:00"
    press(page, "Make it a draft again")
    expect(page.get_by_text("Readers do not see it any more.")).to_be_visible()
    assert desk.row(1)["status"] == "draft"
