"""Preview links: a draft for people without an account, for a while."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from blog_core.content.preview_links import MOST_LINKS
from blog_core.content.revisions import save_revision
from blog_core.content.text import PostText
from blog_core.site import SYSTEM
from tests.editor.form import SAME_ORIGIN
from tests.flows.world import World

PAGE = "/admin/posts/1/links"


@pytest.fixture
def drafted(world: World) -> World:
    world.draft(world.account("author"), "A draft", body="Not for everybody.")
    return world


def token_in(page: str) -> str:
    found = re.search(r'name="form_token" value="(\w+)"', page)
    assert found is not None, page
    return found[1]


def send(client: FlaskClient, path: str, **data: str) -> Any:
    token = token_in(client.get(PAGE).get_data(as_text=True))
    return client.post(path, data={"form_token": token, **data}, headers=SAME_ORIGIN)


def links_of(client: FlaskClient) -> list[str]:
    page = client.get(PAGE).get_data(as_text=True)
    return re.findall(r'href="http://localhost(/drafts/[^"]+)"', page)


def make_link(client: FlaskClient, days: str = "7") -> str:
    assert send(client, PAGE, days=days).status_code == 303
    return links_of(client)[-1]


def test_a_stranger_reads_the_newest_saved_text_by_a_link_and_not_without(drafted: World):
    link = make_link(drafted.signed_in("author"))
    assert drafted.get("/posts/a-draft").status_code == 404
    assert "Not for everybody." in drafted.get(link).get_data(as_text=True)
    with drafted.site.transaction(SYSTEM) as session:
        text = PostText(title="A draft", body="Better words.")
        save_revision(session, post_id=1, version=None, text=text)
    answer = drafted.get(link)
    assert "Better words." in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers


def test_a_link_ends_by_time_and_by_hand(drafted: World):
    client = drafted.signed_in("author")
    link, other = make_link(client, "1"), make_link(client, "7")
    assert links_of(client) == [link, other]
    drafted.clock.forward(hours=25)
    assert drafted.get(link).status_code == 404
    assert drafted.get(other).status_code == 200
    number = other.removeprefix("/drafts/").partition("-")[0]
    assert send(client, f"{PAGE}/end", link=number).status_code == 303
    assert drafted.get(other).status_code == 404
    assert send(client, f"{PAGE}/end", link=number).status_code == 404


@pytest.mark.parametrize("token", ["1", "1-", "1-x", "2-x", "x", "-", "9" * 30 + "-x", "1-\u00e9"])
def test_no_other_token_opens_a_post(drafted: World, token: str):
    link = make_link(drafted.signed_in("author"))
    assert drafted.get(f"/drafts/{token}").status_code == 404
    assert drafted.get(link[:-1] + ("A" if link[-1] != "A" else "B")).status_code == 404


def test_the_link_of_one_post_opens_no_other(drafted: World):
    client = drafted.signed_in("author")
    first, second = (make_link(client).rpartition(".") for _ in range(2))
    assert drafted.get("".join(first)).status_code == 200
    assert drafted.get(f"{second[0]}.{first[2]}").status_code == 404


def test_the_editor_shows_the_links(drafted: World):
    client = drafted.signed_in("author")
    link = make_link(client)
    page = client.get("/admin/posts/1/edit").get_data(as_text=True)
    assert f'href="http://localhost{link}"' in page
    assert "A link until 2026-12-01 12:00" in page


def test_wrong_input_is_named(drafted: World):
    client = drafted.signed_in("author")
    for days, found in (("0", "found 0"), ("x", "found 0"), ("91", "found 91")):
        answer = send(client, PAGE, days=days)
        assert answer.status_code == 422
        assert f"Days: {found}, expected 1 to 90 days." in answer.get_data(as_text=True)
    for _ in range(MOST_LINKS):
        make_link(client)
    assert "20 open links, end one of them first" in send(client, PAGE, days="1").get_data(True)


def test_only_who_may_edit_a_post_makes_links_to_it(drafted: World):
    drafted.account("contributor")
    client = drafted.signed_in("contributor")
    assert client.get(PAGE).status_code == 404
