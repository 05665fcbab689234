"""Tags and old addresses in the admin, for editors."""

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from blog_core.content.addresses import change_slug
from blog_core.site import SYSTEM
from tests.access.test_sign_in import OURS, token_of
from tests.flows.world import World


@pytest.fixture
def editor(world: World) -> FlaskClient:
    """The browser of an editor; post 1 is tagged Bread, post 2 bread baking and Rye."""
    author = world.account("author")
    world.account("editor")
    world.post(author, "One", tags=("Bread",))
    world.post(author, "Two", tags=("bread baking", "Rye"))
    return world.signed_in("editor")


def shown(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return html.unescape(answer.get_data(as_text=True))


def send(client: FlaskClient, address: str, /, **data: str) -> Any:
    return client.post(address, data={"form_token": token_of(client), **data}, headers=OURS)


def names(page: str) -> list[str]:
    return re.findall(r'tags/one/[^"]+">([^<]+)</a>', page)


def test_tags_are_listed_by_use_and_searched(editor: FlaskClient):
    assert sorted(names(shown(editor, "/admin/tags"))) == ["Bread", "Rye", "bread baking"]
    assert sorted(names(shown(editor, "/admin/tags?q=BREAD"))) == ["Bread", "bread baking"]
    assert "No tag has “%” in its name." in shown(editor, "/admin/tags?q=%25")


def test_a_tag_gets_another_name_and_a_description_and_keeps_its_address(
    world: World, editor: FlaskClient
):
    path = "/admin/tags/one/bread-baking"
    answer = send(editor, path, name="Baking", description="With flour.\nAnd water.")
    assert answer.headers["Location"] == f"{path}?said=saved"
    public = world.get("/tags/bread-baking").get_data(as_text=True)
    assert "Baking" in public
    assert "With flour." in public
    refused = send(editor, path, name=" ", description="Kept.")
    assert refused.status_code == 422
    assert "Name: found nothing, expected some text." in refused.get_data(as_text=True)
    assert "Kept.</textarea>" in refused.get_data(as_text=True)


def test_two_tags_become_one_and_the_old_address_leads_on(world: World, editor: FlaskClient):
    answer = send(editor, "/admin/tags/one/bread-baking/merge", into="bread")
    assert answer.headers["Location"] == "/admin/tags/one/bread?said=merged"
    assert "2 posts" in shown(editor, "/admin/tags/one/bread")
    assert world.get("/tags/bread-baking").headers["Location"].endswith("/tags/bread")
    for into, text in (("nothing", "found 'nothing', expected"), ("bread", "two different tags")):
        refused = send(editor, "/admin/tags/one/bread/merge", into=into)
        assert refused.status_code == 422
        assert text in html.unescape(refused.get_data(as_text=True))
    assert editor.get("/admin/tags/one/bread-baking").status_code == 404


def test_an_old_address_is_added_follows_its_post_and_is_removed(world: World, editor: FlaskClient):
    old = "/2019/05/one.html"
    answer = send(editor, "/admin/redirects", path=old, target="/posts/one")
    assert answer.headers["Location"] == "/admin/redirects?said=added"
    with world.site.transaction(SYSTEM) as session:
        change_slug(session, post_id=1, version=None, slug="first")
    assert world.get(old).headers["Location"].endswith("/posts/first")
    assert "leads to <code>/posts/first</code>" in shown(editor, "/admin/redirects")
    assert send(editor, "/admin/redirects/remove", path=old).status_code == 303
    assert world.get(old).status_code == 404


def test_a_wrong_address_is_named_and_comes_back(editor: FlaskClient):
    answer = send(editor, "/admin/redirects", path="no-slash", target="javascript:alert(1)")
    page = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert "Old path: found 'no-slash', expected a path such as" in page
    assert "Leads to: found 'javascript:alert(1)', expected an http or https address" in page
    assert 'value="no-slash"' in page


def test_authors_see_to_neither(world: World, editor: FlaskClient):
    client = world.signed_in("author")
    for path in ("/admin/tags", "/admin/tags/one/bread", "/admin/redirects"):
        assert client.get(path).status_code == 403
