"""The pages and commands of tokens and webhooks: what is secret is shown once."""

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.flows.world import World
from tests.rest.programs import Program
from tests.rest.receiver import Receiver, receiver

__all__ = ["receiver"]
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def world(make_world, sqlite_url: str) -> World:
    made: World = make_world(sqlite_url, webhooks={"allow_private": True})
    for role in ("admin", "author"):
        made.account(role)
    return made


def send(client: FlaskClient, path: str, page: str, **data: Any) -> Any:
    """Send a form that stands on `page`."""
    text = client.get(page).get_data(as_text=True)
    token = re.search(r'name="form_token" value="(\w+)"', text)
    assert token is not None
    return client.post(path, data={"form_token": token[1], **data}, headers=OURS)


def command(world: World, *words: str) -> str:
    result = world.app.test_cli_runner().invoke(args=["blog", *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_token_is_made_in_the_admin_shown_once_used_and_revoked(world: World):
    client, page = world.signed_in("author"), "/admin/tokens"
    made = send(client, page, page, name="Importer", days="5", scopes=["create-posts"])
    token = re.search(r"blog_[\w-]{43}", made.text)
    assert made.status_code == 200
    assert token is not None
    again = client.get(page).text
    assert token[0] not in again
    assert "Importer" in again
    ask = Program(world.client(), token[0])
    assert ask("POST", "/posts", {"title": "T"}).status_code == 201
    send(client, "/admin/tokens/revoke", page, token="1")
    assert ask("POST", "/posts", {"title": "T"}).status_code == 401


def test_a_form_with_faults_comes_back_as_it_was_typed(world: World):
    client, page = world.signed_in("author"), "/admin/tokens"
    back = send(client, page, page, name="My program", days="0", scopes=["manage-site"])
    text = html.unescape(back.text)
    assert back.status_code == 422
    assert 'value="My program"' in text
    assert "expected 1 to 3,650 days" in text
    assert "found 'manage-site'" in text


def test_an_admin_sees_and_revokes_tokens_of_others_and_an_author_does_not(world: World):
    author, admin = world.signed_in("author"), world.signed_in("admin")
    page = "/admin/tokens"
    send(admin, page, page, name="Of the admin", days="5", scopes=["create-posts"])
    send(author, page, page, name="Of the author", days="5", scopes=["create-posts"])
    assert "Of the author" in admin.get(page).text
    assert "Of the admin" not in author.get(page).text
    assert send(author, "/admin/tokens/revoke", page, token="1").status_code == 404
    assert send(admin, "/admin/tokens/revoke", page, token="2").status_code == 303


def test_a_webhook_is_added_tried_switched_off_and_forgotten(world: World, receiver: Receiver):
    client, page, change = world.signed_in("admin"), "/admin/webhooks", "/admin/webhooks/change"
    made = send(client, page, page, url=receiver.url, events=["post.published"])
    secret = re.search(r"whsec_[\w+/=]+", html.unescape(made.text))
    assert secret is not None
    assert secret[0] not in html.unescape(client.get(page).text)
    send(client, change, page, webhook="1", step="test")
    world.site.jobs.run_due()
    assert len(receiver.taken) == 1
    assert "<b>ping</b>" in client.get(page).text
    send(client, "/admin/webhooks/resend", page, message="1")
    world.site.jobs.run_due()
    assert len(receiver.taken) == 2
    send(client, change, page, webhook="1", step="off")
    assert "Switch on" in client.get(page).text
    send(client, change, page, webhook="1", step="remove")
    assert receiver.url not in html.unescape(client.get(page).text)


def test_an_address_that_is_refused_stays_in_the_form(make_world, sqlite_url):
    world = make_world(sqlite_url)
    world.account("admin")
    client, page = world.signed_in("admin"), "/admin/webhooks"
    back = send(client, page, page, url="http://10.0.0.1/hook", events=["post.created"])
    assert back.status_code == 422
    assert 'value="http://10.0.0.1/hook"' in back.text
    assert "allow_private" in back.text


def test_webhooks_are_for_administrators(world: World):
    assert world.signed_in("author").get("/admin/webhooks").status_code == 403


def test_the_commands_of_tokens(world: World):
    made = command(
        world, "token", "add", "author@example.com", "--name", "CI", "--scope", "create-posts"
    )
    token = re.search(r"^blog_\S+$", made, re.MULTILINE)
    assert token is not None
    ask = Program(world.client(), token[0])
    assert ask("GET", "/me").json["scopes"] == ["create-posts"]
    assert "CI, used 2026-11-24" in command(world, "token", "list")
    command(world, "token", "revoke", "1")
    assert ask("GET", "/me").status_code == 401
    everything = command(
        world, "token", "add", "author@example.com", "--name", "All", "--all-scopes"
    )
    assert "blog_" in everything
    wrong = world.app.test_cli_runner().invoke(
        args=["blog", "token", "add", "author@example.com", "--name", "X", "--scope", "fly"]
    )
    assert wrong.exit_code == 1
    assert "found 'fly'" in wrong.output


def test_the_commands_of_webhooks(world: World, receiver: Receiver):
    assert "whsec_" in command(world, "webhook", "add", receiver.url, "--event", "post.published")
    assert receiver.url in command(world, "webhook", "list")
    command(world, "webhook", "test", "1")
    receiver.status = 500
    command(world, "worker", "--once")
    assert "waiting  ping" in command(world, "webhook", "messages")
    assert "0 message(s)" in command(world, "webhook", "resend")
    command(world, "webhook", "remove", "1")
    assert command(world, "webhook", "list") == ""


def test_the_api_has_a_page_for_people(world: World):
    page = world.get("/api/v1/")
    assert page.status_code == 200
    assert "Write a new draft" in page.text
    assert "Needs the scope <code>create-posts</code>." in page.text
    assert "<script" not in page.text
    assert world.get("/api/v1").headers["Location"].endswith("/api/v1/")
