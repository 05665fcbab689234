"""The moderation queue: seen and judged by those who may, one by one and many at once."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from blog_core.content.comments import add_comment
from blog_core.site import STRANGER
from tests.flows.world import World


@pytest.fixture
def blog(make_world: Any, sqlite_url: str) -> World:
    """A post of an author and one of an editor, with two and one comments that wait."""
    world: World = make_world(sqlite_url)
    own, other = world.account("author"), world.account("editor")
    for actor, title, bodies in ((own, "Own", ("One", "Two")), (other, "Other", ("Three",))):
        post_id = world.post(actor, title)
        for body in bodies:
            with world.site.transaction(STRANGER) as session:
                add_comment(session, post_id=post_id, body=body, author_name=f"Rea {body}")
    return world


def queue(client: FlaskClient, **query: str) -> str:
    return client.get("/admin/comments", query_string=query).get_data(as_text=True)


def judge(client: FlaskClient, **fields: Any) -> Any:
    token = re.search(r'name="form_token" value="([^"]+)"', queue(client))
    assert token
    data = {"form_token": token[1], "shown": "pending", **fields}
    return client.post(
        "/admin/comments/judge", data=data, headers={"Sec-Fetch-Site": "same-origin"}
    )


def writers(html: str) -> list[str]:
    return re.findall(r"<b>Rea (\w+)</b>", html)


def test_editors_see_all_and_authors_those_on_their_own_posts(blog: World):
    assert writers(queue(blog.signed_in("editor"))) == ["Three", "Two", "One"]
    assert writers(queue(blog.signed_in("author"))) == ["Two", "One"]


def test_one_button_judges_one_comment(blog: World):
    client = blog.signed_in("author")
    answer = judge(client, judge="approved:1")
    assert "1 comment approved." in client.get(answer.headers["Location"]).text
    assert writers(queue(client)) == ["Two"]
    assert "One" in blog.get("/posts/own").text


def test_many_are_judged_at_once(blog: World):
    client = blog.signed_in("editor")
    judge(client, judge="spam", id=["1", "3"])
    assert writers(queue(client)) == ["Two"]
    assert writers(queue(client, status="spam")) == ["Three", "One"]


def test_nothing_chosen_changes_nothing(blog: World):
    client = blog.signed_in("editor")
    answer = judge(client, judge="approved")
    assert "No comment was chosen." in client.get(answer.headers["Location"]).text


def test_an_author_cannot_judge_what_stands_below_posts_of_others(blog: World):
    answer = judge(blog.signed_in("author"), judge="approved", id=["1", "3"])
    assert answer.status_code == 403
    assert writers(queue(blog.signed_in("editor"))) == ["Three", "Two", "One"]


@pytest.mark.parametrize("wanted", ["nice", "", "approved:x"])
def test_what_cannot_be_done_is_refused(blog: World, wanted: str):
    assert judge(blog.signed_in("editor"), judge=wanted, id=["1"]).status_code in {400, 404, 422}


def test_the_list_of_posts_says_how_many_wait(blog: World):
    assert ">3 comments wait</a>" in blog.signed_in("editor").get("/admin/").text
    author = blog.signed_in("author")
    assert ">2 comments wait</a>" in author.get("/admin/").text
    judge(author, judge="deleted", id=["1", "2"])
    assert "/admin/comments" not in author.get("/admin/").text.partition("<main")[2]
