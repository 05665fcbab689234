"""Pictures in the editor: chosen from the library or uploaded; the text is never in danger."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from blog_core.content.images import check_image
from blog_core.content.media import store_media
from tests.content.test_media import picture
from tests.editor.desk import Desk, text_in, type_on


@pytest.fixture
def page(desk: Desk) -> Page:
    with desk.world.site.transaction() as session:
        image = check_image(picture(size=(800, 600)))
        store_media(session, image=image, original_name="sea.png", alt="The sea")
    page = desk.sign_in("author")
    desk.edit(page, 1)
    return page


def test_a_picture_of_the_library_is_inserted_with_its_words(page: Page) -> None:
    type_on(page, "\n\n")
    page.get_by_role("link", name="Insert a picture").click()
    page.get_by_role("button", name="sea.png").click()
    assert "\n\n![The sea](/media/" in text_in(page)
    expect(page.locator("dialog.pictures")).to_be_hidden()
    page.keyboard.press("Control+z")
    assert "![The sea]" not in text_in(page)


def test_the_dialog_works_by_keyboard_and_for_everybody(page: Page) -> None:
    page.get_by_role("link", name="Insert a picture").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="sea.png")).to_be_focused()
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Enter")
    assert "![The sea](/media/" in text_in(page)


def test_a_file_is_uploaded_and_inserted(desk: Desk, page: Page, tmp_path: Path) -> None:
    file, noise = tmp_path / "new.png", tmp_path / "noise.png"
    file.write_bytes(picture(size=(20, 20)))
    noise.write_bytes(b"no picture")
    page.get_by_role("link", name="Insert a picture").click()
    chooser = page.locator("#picture-file")
    chooser.set_input_files(noise)
    expect(page.locator("dialog [role=status]")).to_contain_text("noise.png: found a file that is")
    chooser.set_input_files(file)
    expect(page.locator("dialog.pictures")).to_be_hidden()
    assert "![](/media/" in text_in(page)
    assert len(list(desk.world.site.data_dir.glob("media/*/*.png"))) == 2


def test_without_a_server_the_text_stays_and_one_is_told(desk: Desk, page: Page) -> None:
    type_on(page, " more")
    desk.kill()
    page.get_by_role("link", name="Insert a picture").click()
    expect(page.locator("dialog [role=status]")).to_contain_text("The library can't be shown")
    page.keyboard.press("Escape")
    assert text_in(page) == "At first. more"
    desk.start()
