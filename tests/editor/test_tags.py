"""Tags are chosen from those in use while one is typed."""

from playwright.sync_api import expect

from tests.editor.desk import Desk


def test_a_suggested_tag_is_taken_by_keyboard(desk: Desk):
    desk.world.draft(desk.world.account("admin"), "Tagged", tags=("Bread", "Brewing, slow"))
    page = desk.sign_in()
    desk.edit(page, 1)
    field = page.get_by_label("Tags", exact=True)
    field.fill("rye, br")
    choices = page.get_by_role("group", name="Tags to choose from").get_by_role("button")
    expect(choices).to_have_text(["Bread", "Brewing, slow"])
    field.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert field.input_value() == "rye, Bread, "
    page.keyboard.type("nothing like it")
    expect(choices).to_have_count(0)
    page.keyboard.press("Control+a")
    page.keyboard.type("rye, bre")
    choices.last.click()
    assert field.input_value() == "rye\nBrewing, slow\n"
