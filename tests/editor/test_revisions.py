"""The screens of revisions, as a browser without scripts uses them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from blog_core.content import desk
from blog_core.content.revisions import save_revision
from blog_core.content.text import PostText
from blog_core.content.working_copies import save_working_copy
from blog_core.ports import Actor
from blog_core.site import SYSTEM
from tests.editor.form import SAME_ORIGIN
from tests.flows.world import World


@pytest.fixture
def author(world: World) -> Actor:
    """The author of post 1, which has three revisions of two people."""
    author, editor = world.account("author"), world.account("editor")
    world.post(author, "First title", body="One.\nTwo.\nThree.")
    saves = ((author, "First title", "One.\n2.\nThree.", ""), (editor, "Better", "One.\n2.", "Cut"))
    for actor, title, body, note in saves:
        with world.site.transaction(actor) as session:
            text = PostText(title=title, body=body)
            save_revision(session, post_id=1, version=None, text=text, note=note)
    return author


def shown(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return str(answer.get_data(as_text=True))


def form_of(page: str, action: str) -> dict[str, str]:
    form = re.search(rf'<form method="post" action="{action}">.*?</form>', page, re.DOTALL)
    assert form is not None, page
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))


def head(world: World) -> Any:
    return desk.post(world.site, SYSTEM, 1).row


def test_the_list_says_who_saved_what_and_when(world: World, author: Actor):
    page = shown(world.signed_in("author"), "/admin/posts/1/revisions")
    rows = re.findall(r">(\d): [^§]*?</td>\n<td>([-\d: ]+)</td>\n<td>(\w+)</td>", page)
    assert rows == [
        (n, "2026-11-24 12:00", who)
        for n, who in zip("321", ("Editor", *["Author"] * 2), strict=True)
    ]
    assert "Cut" in page
    assert page.count("what readers see") == 1


def test_any_two_are_compared_either_way_and_with_one_s_own_text(world: World, author: Actor):
    with world.site.transaction(author) as session:
        text = PostText(title="Better", body="One.\n2.\nMine.")
        save_working_copy(session, post_id=1, version=None, text=text)
    client = world.signed_in("author")
    page = shown(client, "/admin/posts/1/revisions/compare?old=1&new=3")
    assert "<del>Two.</del>" in page
    assert "<ins>2.</ins>" in page
    assert "<del>Three.</del>" in page
    page = shown(client, "/admin/posts/1/revisions/compare?old=3&new=1")
    assert "<ins>Three.</ins>" in page
    page = shown(client, "/admin/posts/1/revisions/compare?old=3&new=copy")
    assert "<ins>Mine.</ins>" in page
    assert shown(client, "/admin/posts/1/revisions/compare").count("<del>Three.</del>") == 1
    assert client.get("/admin/posts/1/revisions/compare?old=1&new=9").status_code == 404
    refused = client.get("/admin/posts/1/revisions/compare?old=x")
    assert refused.status_code == 400
    assert "expected the number of a revision" in refused.get_data(as_text=True)


def test_restoring_makes_a_new_revision_and_loses_none(world: World, author: Actor):
    client = world.signed_in("author")
    page = shown(client, "/admin/posts/1/revisions/1")
    fields = form_of(page, "/admin/posts/1/revisions/1/restore")
    answer = client.post("/admin/posts/1/revisions/1/restore", data=fields, headers=SAME_ORIGIN)
    assert answer.headers["Location"] == "/admin/posts/1/edit?text=saved&said=restored"
    assert "saved again, as a new revision" in shown(client, answer.headers["Location"])
    assert (head(world)["head_number"], head(world)["head_body"]) == (4, "One.\nTwo.\nThree.")
    assert "Revision 1 restored" in shown(client, "/admin/posts/1/revisions")
    # Readers go on seeing what was published.
    assert "Restore" not in shown(client, "/admin/posts/1/revisions/4")


def test_restoring_tells_when_somebody_saved_meanwhile(world: World, author: Actor):
    client = world.signed_in("author")
    fields = form_of(
        shown(client, "/admin/posts/1/revisions/1"), "/admin/posts/1/revisions/1/restore"
    )
    with world.site.transaction(author) as session:
        text = PostText(title="Later", body="Later.")
        save_revision(session, post_id=1, version=None, text=text)
    answer = client.post("/admin/posts/1/revisions/1/restore", data=fields, headers=SAME_ORIGIN)
    assert answer.status_code == 412
    assert "Somebody saved the post since you opened this page" in answer.get_data(as_text=True)
    assert head(world)["head_body"] == "Later."
    again = form_of(answer.get_data(as_text=True), "/admin/posts/1/revisions/1/restore")
    answer = client.post("/admin/posts/1/revisions/1/restore", data=again, headers=SAME_ORIGIN)
    assert answer.status_code == 303


def test_restoring_leaves_one_s_own_unsaved_text_to_be_found(world: World, author: Actor):
    with world.site.transaction(author) as session:
        text = PostText(title="Better", body="Not saved.")
        save_working_copy(session, post_id=1, version=None, text=text, base_revision_id=3)
    client = world.signed_in("author")
    page = shown(client, "/admin/posts/1/revisions/1")
    fields = form_of(page, "/admin/posts/1/revisions/1/restore")
    client.post("/admin/posts/1/revisions/1/restore", data=fields, headers=SAME_ORIGIN)
    page = shown(client, "/admin/posts/1/edit")
    assert "You have later text that is not saved" in page
    assert "Not saved." in page


def test_many_revisions_are_shown_page_by_page(world: World, author: Actor):
    with world.site.transaction(author) as session:
        for number in range(60):
            text = PostText(title="Again", body=f"Body {number}.")
            save_revision(session, post_id=1, version=None, text=text)
    client = world.signed_in("author")
    page = shown(client, "/admin/posts/1/revisions")
    assert len(re.findall(r"aria-label=\"Old: revision", page)) == 50
    older = re.search(r'rel="next" href="([^"]+)"', page)
    assert older is not None
    page = shown(client, older[1])
    assert len(re.findall(r"aria-label=\"Old: revision", page)) == 13
    assert 'rel="next"' not in page


def test_a_contributor_sees_no_revisions_of_others(
    make_world: Callable[..., World], sqlite_url: str
):
    world = make_world(sqlite_url)
    author = world.account("author")
    world.account("contributor")
    world.draft(author, "Not yours")
    client = world.signed_in("contributor")
    for path in ("", "/1", "/compare"):
        assert client.get(f"/admin/posts/1/revisions{path}").status_code == 404
