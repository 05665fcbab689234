"""A post as a whole: its authors and comments, put away, deleted, on the version that was seen."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from blog_core.content import desk
from blog_core.content.revisions import save_revision
from blog_core.content.text import PostText
from blog_core.errors import NotFound
from blog_core.site import SYSTEM
from tests.access.test_sign_in import OURS
from tests.flows.world import World

PAGE = "/admin/posts/1"


@pytest.fixture
def world(make_world: Callable[..., World], sqlite_url: str) -> World:
    """On one database: what the steps do to it is tested with the content, on both."""
    return make_world(sqlite_url)


@pytest.fixture
def editor(world: World) -> FlaskClient:
    """The browser of an editor; the author has post 1 published, with a comment."""
    author = world.account("author")
    world.account("editor")
    world.comment(world.post(author, "A title"), "Good!")
    return world.signed_in("editor")


def fields_of(client: FlaskClient, path: str) -> dict[str, str]:
    page = client.get(path).get_data(as_text=True)
    return dict(re.findall(r'type="hidden" name="(form_token|version)" value="(\w+)"', page))


def send(client: FlaskClient, path: str, at: str = "", **data: str) -> Any:
    return client.post(path, data={**fields_of(client, at or path), **data}, headers=OURS)


def row(world: World) -> Any:
    return desk.post(world.site, SYSTEM, 1).row


def save_meanwhile(world: World) -> None:
    with world.site.transaction(SYSTEM) as session:
        text = PostText(title="A title", body="Meanwhile.")
        save_revision(session, post_id=1, version=None, text=text)


def test_authors_are_named_in_their_order_and_comments_closed(world: World, editor: FlaskClient):
    answer = send(editor, f"{PAGE}/about", PAGE, authors="editor, author", comments="closed")
    assert answer.headers["Location"] == f"{PAGE}?said=saved"
    assert [author["slug"] for author in row(world)["authors"]] == ["editor", "author"]
    assert row(world)["comments_open"] is False
    assert "Saved." in editor.get(answer.headers["Location"]).get_data(as_text=True)


def test_an_unknown_author_is_named_and_nothing_is_changed(world: World, editor: FlaskClient):
    answer = send(editor, f"{PAGE}/about", PAGE, authors="author, nobody", comments="closed")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "authors: found nobody, expected short names of accounts" in page
    assert 'value="author, nobody"' in page
    assert row(world)["comments_open"] is True


def test_an_author_closes_comments_but_names_no_other_authors(world: World, editor: FlaskClient):
    client = world.signed_in("author")
    assert 'name="authors"' not in client.get(PAGE).get_data(as_text=True)
    assert send(client, f"{PAGE}/about", PAGE, comments="closed").status_code == 303
    assert row(world)["comments_open"] is False
    refused = send(client, f"{PAGE}/about", PAGE, comments="open", authors="editor")
    assert refused.status_code == 403
    assert row(world)["comments_open"] is False


def test_a_post_is_archived_and_gone_from_readers(world: World, editor: FlaskClient):
    assert world.get("/posts/a-title").status_code == 200
    assert send(editor, f"{PAGE}/archive", PAGE).status_code == 303
    assert row(world)["status"] == "archived"
    assert world.get("/posts/a-title").status_code == 404


def test_a_post_is_deleted_after_one_question(world: World, editor: FlaskClient):
    asked = editor.get(f"{PAGE}/delete").get_data(as_text=True)
    assert "with all its revisions, its 1 comment and its old addresses" in asked
    answer = send(editor, f"{PAGE}/delete")
    assert answer.headers["Location"] == "/admin/?said=deleted"
    assert "The post is deleted." in editor.get("/admin/?said=deleted").get_data(as_text=True)
    with pytest.raises(NotFound):
        row(world)


@pytest.mark.parametrize("step", ["about", "archive", "delete"])
def test_what_somebody_saved_meanwhile_stops_each_step(
    world: World, editor: FlaskClient, step: str
):
    fields = fields_of(editor, PAGE)
    save_meanwhile(world)
    answer = editor.post(f"{PAGE}/{step}", data={**fields, "comments": "closed"}, headers=OURS)
    assert answer.status_code == 412
    found = row(world)
    assert (found["status"], found["comments_open"]) == ("published", True)
