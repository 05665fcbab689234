"""In a real browser: connection, sign-in and server are lost in turn, but no character is."""

from playwright.sync_api import Page, expect

from blog_core.content.revisions import save_revision
from blog_core.content.text import PostText
from blog_core.model import WorkingCopy
from blog_core.site import SYSTEM
from tests.editor.desk import KEPT, Desk, fill_in_sign_in, said, text_in, type_on


def copy_of(desk: Desk) -> str | None:
    with desk.world.site.transaction(SYSTEM) as session:
        copy = session.get(WorkingCopy, (1, 1))
        return copy.body if copy else None


def test_what_is_typed_reaches_the_server_by_itself(desk: Desk):
    page = desk.sign_in()
    desk.edit(page, 1)
    type_on(page, " And *more*.")
    said(page, KEPT)
    assert copy_of(desk) == "At first. And *more*."
    assert desk.row(1)["head_body"] == "At first."
    desk.edit(page, 1)
    assert text_in(page) == "At first. And *more*."
    expect(page.get_by_role("heading", name="This browser kept")).to_have_count(0)


def test_connection_sign_in_and_server_are_lost_in_turn_and_no_character_is(desk: Desk):
    page = desk.sign_in()
    desk.edit(page, 1)
    written = "At first."

    def write(text: str) -> None:
        nonlocal written
        type_on(page, text)
        written += text

    page.context.set_offline(True)
    write(" Without a line.")
    said(page, "can't be reached")
    page.context.set_offline(False)
    said(page, KEPT)
    assert copy_of(desk) == written

    desk.world.clock.forward(days=15)
    write(" Signed out.")
    said(page, "You are signed out")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in another window").click()
    fill_in_sign_in(opened.value, "author")
    opened.value.wait_for_url("**/admin/")
    opened.value.close()
    page.bring_to_front()
    said(page, KEPT)
    assert copy_of(desk) == written

    desk.kill()
    write(" Without a server.")
    said(page, "can't be reached")
    desk.start()
    said(page, KEPT)
    assert copy_of(desk) == written

    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved as a revision.")).to_be_visible()
    assert desk.row(1)["head_body"] == written == text_in(page)
    assert copy_of(desk) is None
    expect(page.get_by_role("heading", name="This browser kept")).to_have_count(0)


def test_saving_without_sign_in_or_server_leaves_the_page_as_it_is(desk: Desk):
    page = desk.sign_in()
    desk.edit(page, 1)
    desk.kill()
    type_on(page, " More.")
    page.keyboard.press("Control+s")
    said(page, "Not saved: the server can't be reached")
    assert text_in(page) == "At first. More."
    desk.start()
    desk.world.clock.forward(days=15)
    page.keyboard.press("Control+s")
    said(page, "Not saved: you are signed out")
    assert text_in(page) == "At first. More."


def test_a_closed_tab_s_text_is_offered_with_a_diff_before_it_replaces_anything(desk: Desk):
    page = desk.sign_in()
    desk.edit(page, 1)
    desk.kill()
    type_on(page, " Only here.")
    context = page.context
    page.close()
    desk.start()
    page = context.new_page()
    desk.edit(page, 1)
    assert text_in(page) == "At first."
    offered = page.locator(".kept-text")
    offered.get_by_text("What differs").click()
    expect(offered.locator("ins").last).to_have_text("At first. Only here.")
    page.get_by_role("button", name="Put it into the form").click()
    assert text_in(page) == "At first. Only here."
    said(page, KEPT)
    assert copy_of(desk) == "At first. Only here."
    desk.edit(page, 1)
    expect(page.locator(".kept-text")).to_have_count(0)


def test_a_new_post_is_kept_in_the_browser_until_it_is_saved(desk: Desk):
    page = desk.sign_in()
    page.goto("/admin/posts/new")
    expect(page.locator("#editor[data-live=yes]")).to_be_attached()
    page.get_by_label("Title").fill("New")
    type_on(page, "Typed.")
    page.reload()
    page.get_by_role("button", name="Put it into the form").click()
    assert (page.get_by_label("Title").input_value(), text_in(page)) == ("New", "Typed.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as a revision.")).to_be_visible()
    expect(page.locator("#editor[data-live=yes]")).to_be_attached()
    page.goto("/admin/posts/new")
    expect(page.locator("#editor[data-live=yes]")).to_be_attached()
    expect(page.locator(".kept-text")).to_have_count(0)


def test_two_browsers_edit_one_post_and_both_texts_live_on(desk: Desk):
    first, second = desk.sign_in("author"), desk.sign_in("editor")
    for page, text in ((first, " First's."), (second, " Second's.")):
        desk.edit(page, 1)
        type_on(page, text)
        said(page, KEPT)
    first.keyboard.press("Control+s")
    expect(first.get_by_text("Saved as a revision.")).to_be_visible()
    type_on(second, " More.")
    said(second, "Somebody saved this post meanwhile")
    second.keyboard.press("Control+s")
    expect(second.get_by_text("Somebody saved this post while you")).to_be_visible()
    assert desk.row(1)["head_body"] == "At first. First's."
    assert text_in(second) == "At first. Second's. More."
    expect(second.locator("#theirs")).to_have_value("At first. First's.")
    second.locator("#body").fill("At first. First's. Second's. More.")
    second.get_by_role("button", name="Save my text over theirs").click()
    expect(second.get_by_text("Saved as a revision.")).to_be_visible()
    assert desk.row(1)["head_body"] == "At first. First's. Second's. More."


def test_two_windows_of_one_person_do_not_overwrite_each_other_s_copy(desk: Desk):
    first = desk.sign_in()
    second = first.context.new_page()
    for page in (first, second):
        desk.edit(page, 1)
    type_on(first, " First window.")
    said(first, KEPT)
    type_on(second, " Second window.")
    said(second, "Another window of yours")
    assert copy_of(desk) == "At first. First window."
    assert text_in(second) == "At first. Second window."


def test_a_later_text_that_is_only_offered_is_not_overwritten_by_typing(desk: Desk):
    page = desk.sign_in()
    desk.edit(page, 1)
    type_on(page, " Later.")
    said(page, KEPT)
    with desk.world.site.transaction(SYSTEM) as session:
        text = PostText(title="A title", body="Saved meanwhile.")
        save_revision(session, post_id=1, version=None, text=text)
    desk.edit(page, 1)
    assert text_in(page) == "Saved meanwhile."
    type_on(page, " And on.")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved as a revision.")).to_be_visible()
    assert copy_of(desk) == "At first. Later."
    assert desk.row(1)["head_body"] == "Saved meanwhile. And on."


def test_an_answer_that_is_lost_does_not_stop_the_autosave(desk: Desk):
    page = desk.sign_in()
    desk.edit(page, 1)
    lose_next_answer(page)
    type_on(page, " More.")
    said(page, "can't be reached")
    said(page, KEPT)
    assert copy_of(desk) == "At first. More."


def lose_next_answer(page: Page) -> None:
    def lose(route: object) -> None:
        route.fetch()  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    page.route("**/copy", lose, times=1)


def test_the_preview_follows_what_is_typed_and_keys_mark_it(desk: Desk):
    page = desk.sign_in(viewport={"width": 1280, "height": 900})
    desk.edit(page, 1)
    page.locator("#body").fill("word")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+b")
    assert text_in(page) == "**word**"
    expect(page.locator("#preview-text strong")).to_have_text("word")
    page.keyboard.press("Control+z")
    assert text_in(page) == "word"


def test_no_script_of_a_text_runs_in_the_preview(desk: Desk):
    page = desk.sign_in(viewport={"width": 1280, "height": 900})
    desk.edit(page, 1)
    page.locator("#body").fill("<img src=x onerror='document.title=1'> <script>1</script> *end*")
    expect(page.locator("#preview-text em")).to_have_text("end")
    assert page.locator("#preview-text [onerror], #preview-text script").count() == 0
