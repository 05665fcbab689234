"""A save that meets somebody else's: the merge of both, without scripts and with them."""

import pytest
from playwright.sync_api import expect

from blog_core.content import desk as posts
from blog_core.content.revisions import save_revision
from blog_core.content.text import PostText
from blog_core.content.working_copies import save_working_copy
from blog_core.ports import Actor
from blog_core.site import SYSTEM
from tests.editor.desk import KEPT, Desk, said, text_in, type_on
from tests.editor.form import Form, opened, send
from tests.flows.world import World

BEGUN = "One line.\n\nAnother line."


def save_theirs(world: World, body: str, **more: str) -> None:
    with world.site.transaction(SYSTEM) as session:
        text = PostText(title=more.get("title", "A title"), body=body)
        save_revision(session, post_id=1, version=None, text=text)


def head_body(world: World) -> str:
    return str(posts.post(world.site, SYSTEM, 1).row["head_body"])


@pytest.fixture
def begun(world: World) -> World:
    """A post whose author has the form open."""
    world.draft(world.account("author"), "A title", body=BEGUN)
    return world


def test_changes_of_different_places_are_put_together_and_saved_only_when_asked(begun: World):
    client = begun.signed_in("author")
    form = opened(client, "/admin/posts/1/edit")
    save_theirs(begun, "One line, theirs.\n\nAnother line.")
    answer = send(client, form, body="One line.\n\nAnother line, mine.")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 412
    assert "both changes fit together" in page
    assert "One line, theirs.\n\nAnother line, mine.</textarea>" in page
    merged = send(client, Form(page), step="merge")
    assert merged.status_code == 200
    assert "nothing is saved yet" in merged.get_data(as_text=True)
    assert head_body(begun) == "One line, theirs.\n\nAnother line."
    form = Form(merged.get_data(as_text=True))
    assert form.fields["body"] == "One line, theirs.\n\nAnother line, mine."
    assert send(client, form).status_code == 303
    assert head_body(begun) == "One line, theirs.\n\nAnother line, mine."


def test_where_both_changed_the_same_words_the_form_holds_both(begun: World):
    client = begun.signed_in("author")
    form = opened(client, "/admin/posts/1/edit")
    save_theirs(begun, "Their line.\n\nAnother line.", title="Their title")
    page = send(client, form, title="My title", body="My line.\n\nAnother line.")
    assert "In 1 place both of you changed the same words." in page.get_data(as_text=True)
    merged = send(client, Form(page.get_data(as_text=True)), step="merge")
    form = Form(merged.get_data(as_text=True))
    assert form.fields["body"] == (
        "<<<<<<< yours\nMy line.\n=======\nTheir line.\n>>>>>>> theirs\n\nAnother line."
    )
    assert form.fields["title"] == "My title"
    assert "Both of you changed the title; yours is in the form." in merged.get_data(as_text=True)


def test_a_save_between_the_conflict_and_the_merge_is_a_conflict_again(begun: World):
    client = begun.signed_in("author")
    form = opened(client, "/admin/posts/1/edit")
    save_theirs(begun, "One line, theirs.\n\nAnother line.")
    page = send(client, form, body="One line.\n\nAnother line, mine.").get_data(as_text=True)
    save_theirs(begun, "One line, a third one's.\n\nAnother line.")
    again = send(client, Form(page), step="merge")
    assert again.status_code == 412
    assert "One line, a third one&#39;s.\n\nAnother line, mine." in again.get_data(as_text=True)


def test_a_later_text_of_one_s_own_is_put_together_with_what_was_saved_meanwhile(begun: World):
    row = posts.post(begun.site, SYSTEM, 1).row
    base, author = row["head_revision_id"], Actor(row["author_id"], "Author", "author")
    client = begun.signed_in("author")
    with begun.site.transaction(author) as session:
        text = PostText(title="A title", body="One line.\n\nAnother line, mine.")
        save_working_copy(session, post_id=1, version=None, text=text, base_revision_id=base)
    save_theirs(begun, "One line, theirs.\n\nAnother line.")
    page = client.get("/admin/posts/1/edit").get_data(as_text=True)
    assert "/admin/posts/1/edit?text=merge" in page
    form = opened(client, "/admin/posts/1/edit?text=merge")
    assert form.fields["body"] == "One line, theirs.\n\nAnother line, mine."
    assert send(client, form).status_code == 303


def test_a_tab_closed_on_the_page_of_a_conflict_loses_nothing(desk: Desk):
    page = desk.sign_in()
    desk.edit(page, 1)
    save_theirs(desk.world, "Theirs.")
    page.locator("#body").fill("Mine.")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Somebody saved this post while you")).to_be_visible()
    said(page, KEPT)
    context = page.context
    page.close()
    page = context.new_page()
    desk.edit(page, 1)
    assert text_in(page) == "Theirs."
    page.get_by_role("link", name="go on with your later text alone").click()
    assert text_in(page) == "Mine."


def test_a_merge_is_made_and_saved_by_keyboard_in_a_browser(desk: Desk):
    save_theirs(desk.world, BEGUN)
    page = desk.sign_in()
    desk.edit(page, 1)
    save_theirs(desk.world, "One line, theirs.\n\nAnother line.")
    type_on(page, " And mine.")
    said(page, "Somebody saved this post meanwhile")
    page.keyboard.press("Control+s")
    page.get_by_role("button", name="Put both together").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("nothing is saved yet")).to_be_visible()
    expect(page.locator("#body")).to_have_value("One line, theirs.\n\nAnother line. And mine.")
    said(page, KEPT)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved as a revision.")).to_be_visible()
    assert head_body(desk.world) == "One line, theirs.\n\nAnother line. And mine."
