"""A reader comments: what is shown at once, what waits, what comes back, and what is kept out."""

import re
import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import make_url

from blog_core.changes import collecting
from blog_core.content.comments import moderate
from blog_core.defaults.executor import CoreExecutor
from blog_core.errors import Unavailable
from blog_core.reader.posts import Posts
from blog_core.reader.theming import Theme
from blog_core.site import SYSTEM
from tests.flows.world import World

SAME_SITE = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
FIELDS = {"author_name": "Rea", "author_email": "rea@example.org", "body": "Well *said*."}


@pytest.fixture
def blog(make_world: Any, sqlite_url: str) -> World:
    return open_blog(make_world(sqlite_url))


def open_blog(world: World) -> World:
    world.post(world.account("author"), "Talk")
    return world


def send(world: World, headers: dict[str, str] = SAME_SITE, **fields: str) -> Any:
    return world.client().post("/posts/talk/comments", data=FIELDS | fields, headers=headers)


def waiting(world: World, status: str = "pending") -> list[str]:
    from sqlalchemy import select

    from blog_core.model import Comment

    with world.site.transaction(SYSTEM) as session:
        found = select(Comment.body).where(Comment.status == status).order_by(Comment.id)
        return list(session.scalars(found))


def approve_all(world: World) -> None:
    with world.site.transaction(SYSTEM) as session:
        moderate(session, comment_id=1, status="approved")


def page(world: World) -> str:
    return str(world.get("/posts/talk").get_data(as_text=True))


def test_a_first_comment_waits_and_says_so_and_the_next_one_is_shown(world: World):
    blog = open_blog(world)
    answer = send(blog)
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/posts/talk/comments?said=waits",
    )
    assert "Your comment waits" in blog.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Well <em>said</em>." not in page(blog)
    approve_all(blog)
    assert "Well <em>said</em>." in page(blog)
    again = send(blog, body="And again.")
    assert again.headers["Location"] == "/posts/talk#comment-2"
    assert "And again." in page(blog)


def test_the_form_of_a_page_carries_no_token_and_no_cookie(blog: World):
    answer = blog.get("/posts/talk")
    form = re.search(r"<form class=\"comment-form\".*?</form>", answer.text, re.DOTALL)
    assert form
    assert 'type="hidden"' not in form[0]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}],
)
def test_a_page_of_another_site_cannot_comment_and_the_text_comes_back(
    blog: World, headers: dict[str, str]
):
    answer = send(blog, headers)
    assert answer.status_code == 403
    assert "Well *said*." in answer.text
    assert waiting(blog) == []


def test_faults_are_named_and_what_was_typed_comes_back(blog: World):
    answer = send(blog, author_name="", author_email="<nonsense>", body="Typed <b>text</b>\n")
    assert answer.status_code == 422
    assert "Name: found nothing, expected some text." in answer.text
    assert "expected an address such as ann@example.org" in answer.text
    assert "Typed &lt;b&gt;text&lt;/b&gt;" in answer.text
    assert 'value="&lt;nonsense&gt;"' in answer.text
    assert "Comment: found nothing" in send(blog, body=" ").text


def test_what_fills_the_trap_is_put_aside_and_told_nothing(blog: World):
    answer = send(blog, website="https://spam.example")
    assert answer.headers["Location"] == "/posts/talk/comments?said=waits"
    assert (waiting(blog), waiting(blog, "spam")) == ([], ["Well *said*."])


def test_many_links_hold_a_comment_of_somebody_known(blog: World):
    send(blog)
    approve_all(blog)
    send(blog, body="http://a.test http://b.test www.c.test")
    assert len(waiting(blog)) == 1


def test_the_same_comment_sent_twice_is_added_once(blog: World):
    assert send(blog).headers["Location"] == send(blog).headers["Location"]
    assert len(waiting(blog)) == 1


def test_an_address_sends_so_many_an_hour(make_world: Any, sqlite_url: str):
    blog = open_blog(make_world(sqlite_url, comments={"per_hour": 2}))
    for number in range(2):
        assert send(blog, body=f"Number {number}").status_code == 303
    refused = send(blog, body="One too many")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1800")
    assert "One too many" in refused.text
    blog.clock.forward(minutes=30)
    assert send(blog, body="One too many").status_code == 303


@pytest.mark.parametrize("hold, shown", [("all", False), ("none", True)])
def test_all_or_none_are_held_as_the_site_wants(
    make_world: Any, sqlite_url: str, hold: str, shown: bool
):
    blog = open_blog(make_world(sqlite_url, comments={"hold": hold}))
    send(blog, author_email="")
    assert ("Well <em>said</em>." in page(blog)) is shown


def test_comments_that_are_switched_off_have_no_form_and_are_refused(
    make_world: Any, sqlite_url: str
):
    blog = open_blog(make_world(sqlite_url, comments={"enabled": False}))
    assert "comment-form" not in page(blog)
    answer = send(blog)
    assert answer.status_code == 409
    assert "Well *said*." in answer.text


def test_comments_close_after_some_days_and_the_page_holds_until_then(
    make_world: Any, sqlite_url: str
):
    blog = open_blog(make_world(sqlite_url, comments={"close_after_days": 1}))
    blog.clock.forward(hours=23, minutes=59)
    with blog.app.test_request_context("/posts/talk"), collecting() as collected:
        Posts(Theme(blog.site)).post("talk")
    assert collected.ttl_s(300, blog.clock()) == 60
    assert "comment-form" in page(blog)
    blog.clock.forward(minutes=2)
    assert "comment-form" not in page(blog)
    assert send(blog).status_code == 409


def test_a_scheduled_post_takes_no_comment(blog: World):
    blog.post(blog.account("editor"), "Later", at=blog.clock() + timedelta(days=1))
    answer = blog.client().post("/posts/later/comments", data=FIELDS, headers=SAME_SITE)
    assert answer.status_code == 404


class Away(CoreExecutor):
    """A database that cannot be read any more."""

    def run(self, query: Any, params: Any = None) -> Any:
        raise Unavailable("The database is away.")


def test_a_database_that_is_away_or_locked_gives_the_text_back(
    make_world: Any, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("blog_core.model.database.BUSY_TIMEOUT_MS", 50)
    blog = open_blog(make_world(sqlite_url))
    other = sqlite3.connect(str(make_url(sqlite_url).database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    locked = send(blog)
    other.execute("ROLLBACK")
    other.close()
    engine = blog.site.ports.executor.engine
    blog.site.ports = replace(blog.site.ports, executor=Away(engine))
    for answer in (locked, send(blog), send(blog, {"Origin": "https://evil.example"})):
        assert answer.status_code in {403, 503}
        assert "Well *said*." in answer.text
    assert int(locked.headers["Retry-After"]) >= 1


def test_moderators_are_written_to_once_an_hour(make_world: Any, sqlite_url: str):
    from sqlalchemy import select

    from blog_core.model import Mail

    blog = open_blog(make_world(sqlite_url, comments={"mail_to": ["mod@example.org"]}))
    for number in range(3):
        send(blog, body=f"Number {number}")
    blog.clock.forward(hours=1)
    send(blog, body="Later")
    with blog.site.transaction(SYSTEM) as session:
        mails = session.execute(select(Mail.to_address, Mail.body)).all()
    assert [mail.to_address for mail in mails] == ["mod@example.org"] * 2
    assert "http://localhost/admin/comments" in mails[0].body
