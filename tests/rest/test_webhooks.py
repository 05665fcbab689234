"""Webhooks: what happened is told at least once, signed, and never to a private address."""

import base64
import hmac
import json
import socket
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from blog_core.content.publishing import hide, publish, schedule
from blog_core.errors import NotFound, ValidationError
from blog_core.model import Webhook, WebhookDelivery
from blog_core.site import SYSTEM
from blog_core.webhooks import EVENTS
from blog_core.webhooks.addresses import AddressRefused, addresses_of
from blog_core.webhooks.delivering import MAX_ATTEMPTS, RETRY_AFTER_S
from blog_core.webhooks.sending import Message, NotSent, send
from tests.flows.world import World
from tests.rest.receiver import Receiver, receiver

__all__ = ["receiver"]


@pytest.fixture
def world(make_world, database_url: str) -> World:
    made: World = make_world(database_url, webhooks={"allow_private": True, "timeout_s": 5})
    return made


def add(world: World, url: str, *events: str) -> str:
    with world.site.transaction(SYSTEM) as session:
        return world.site.webhooks.add(session, url=url, events=events or EVENTS).secret


def run(world: World) -> None:
    world.site.jobs.run_due()


def told(receiver: Receiver) -> list[str]:
    return [json.loads(body)["type"] for _headers, body in receiver.taken]


def states(world: World) -> list[str]:
    return [row["status"] for row in reversed(world.site.webhooks.deliveries())]


def test_a_published_post_is_told_after_the_commit_with_a_signature(
    world: World, receiver: Receiver
):
    secret = add(world, receiver.url)
    post_id = world.post(world.account("author"), "Bread")
    assert receiver.taken == [], "nothing is sent by the request itself"
    run(world)
    assert told(receiver) == ["post.created", "post.published"]
    headers, body = receiver.taken[-1]
    data = json.loads(body)["data"]
    assert (data["post_id"], data["slug"], data["status"]) == (post_id, "bread", "published")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert int(headers["webhook-timestamp"]) == int(world.clock().timestamp())
    assert states(world) == ["sent", "sent"]


def test_what_is_taken_back_is_not_told(world: World, receiver: Receiver):
    add(world, receiver.url)
    author = world.account("author")
    draft = world.draft(author, "Bread")
    run(world)
    receiver.taken.clear()

    def fail() -> None:
        with world.site.transaction(author) as session:
            publish(session, post_id=draft, version=None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    run(world)
    assert receiver.taken == []


def test_only_chosen_events_are_told_and_none_while_it_is_off(world: World, receiver: Receiver):
    add(world, receiver.url, "post.published")
    author = world.account("author")
    world.post(author, "One")
    run(world)
    assert told(receiver) == ["post.published"]
    world.post(author, "Two")
    with world.site.transaction(SYSTEM) as session:
        world.site.webhooks.switch(session, 1, is_active=False)
    world.post(author, "Three")
    run(world)
    assert told(receiver) == ["post.published"]
    assert states(world) == ["sent", "dropped"]


def test_comments_withdrawals_and_deletions_are_told(world: World, receiver: Receiver):
    from blog_core.content.posts import delete_post

    add(world, receiver.url)
    author = world.account("author")
    post_id = world.post(author, "Bread")
    world.comment(post_id, "Good!")
    with world.site.transaction(author) as session:
        hide(session, post_id=post_id, version=None)
    with world.site.transaction(author) as session:
        delete_post(session, post_id=post_id, version=None)
    run(world)
    assert told(receiver)[2:] == ["post.commented", "post.unpublished", "post.deleted"]
    assert json.loads(receiver.taken[-1][1])["data"]["post_id"] == post_id


def test_a_scheduled_post_is_told_as_published_when_it_comes_out(world: World, receiver: Receiver):
    add(world, receiver.url, "post.scheduled", "post.published")
    author = world.account("author")
    at = world.clock() + timedelta(hours=2)
    post_id = world.post(author, "Soon", at=at)
    run(world)
    assert told(receiver) == ["post.scheduled"]
    later = at + timedelta(hours=5)
    with world.site.transaction(author) as session:
        schedule(session, post_id=post_id, version=None, publish_at=later)
    world.clock.forward(hours=3)
    run(world)
    assert told(receiver) == ["post.scheduled", "post.scheduled"], "it was put off"
    world.clock.forward(hours=5)
    run(world)
    assert told(receiver)[2:] == ["post.published"]
    assert states(world).count("dropped") == 1


def test_a_message_is_sent_until_it_is_taken(world: World, receiver: Receiver):
    add(world, receiver.url, "post.published")
    receiver.status = 500
    world.post(world.account("author"), "Bread")
    run(world)
    run(world)
    assert len(receiver.taken) == 1, "not again at once"
    receiver.status = 200
    world.clock.forward(seconds=RETRY_AFTER_S[0])
    run(world)
    assert len(receiver.taken) == 2
    first, second = receiver.taken
    assert first[0]["webhook-id"] == second[0]["webhook-id"], "so that it can be known again"
    assert first[1] == second[1]
    assert states(world) == ["sent"]


def test_a_message_that_nobody_takes_is_dead_listed_and_sent_again_by_hand(
    world: World, receiver: Receiver
):
    add(world, receiver.url, "post.published")
    receiver.status = 410
    world.post(world.account("author"), "Bread")
    for wait_s in (*RETRY_AFTER_S, 0):
        run(world)
        world.clock.forward(seconds=wait_s)
    run(world)
    assert len(receiver.taken) == MAX_ATTEMPTS
    (message,) = world.site.webhooks.deliveries()
    assert (message["status"], message["answer_status"]) == ("dead", 410)
    assert "answered 410" in message["last_error"]
    assert world.site.webhooks.health().status == "degraded"
    receiver.status = 200
    with world.site.transaction(SYSTEM) as session:
        assert world.site.webhooks.send_again(session) == 1
    run(world)
    assert states(world) == ["sent"]
    assert world.site.webhooks.health().status == "ok"
    with pytest.raises(NotFound), world.site.transaction(SYSTEM) as session:
        world.site.webhooks.send_again(session, 99)


def test_a_worker_that_dies_after_sending_sends_again_rather_than_never(
    world: World, receiver: Receiver
):
    from blog_core.webhooks.delivering import deliver

    add(world, receiver.url, "post.published")
    world.post(world.account("author"), "Bread")
    waiting = world.site.webhooks.deliveries()[0]
    deliver(world.site, {"delivery_id": waiting["id"]})
    with world.site.transaction(SYSTEM) as session:
        message = session.get(WebhookDelivery, waiting["id"])
        assert message is not None
        message.status = "waiting"  # the note of the first sending was lost
    run(world)
    ids = [headers["webhook-id"] for headers, _body in receiver.taken]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_the_database_holds_no_usable_secret(world: World, receiver: Receiver):
    secret = add(world, receiver.url)
    with world.site.transaction(SYSTEM) as session:
        rows = str(session.execute(select(Webhook.__table__)).all())
    assert secret not in rows
    assert secret.removeprefix("whsec_") not in rows


def test_redirects_lead_nowhere(world: World, receiver: Receiver):
    receiver.status, receiver.location = 302, receiver.url
    add(world, receiver.url, "post.published")
    world.post(world.account("author"), "Bread")
    run(world)
    assert len(receiver.taken) == 1
    assert "redirects are not followed" in world.site.webhooks.deliveries()[0]["last_error"]


def test_a_receiver_that_never_ends_its_answer_is_left(receiver: Receiver):
    receiver.slow = True
    message = Message(receiver.url, b"{}", ())
    with pytest.raises(NotSent, match=r"took too long|timed out"):
        send(message, timeout_s=0.3, allow_private=True)


def test_a_name_is_looked_up_once_and_the_connection_goes_to_what_was_found(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    # Patched, as a name that changes its meaning needs a name server of one's own.
    real, asked = socket.getaddrinfo, []

    def flipping(host: str, *args: Any, **kwargs: Any) -> Any:
        asked.append(host)
        return real("127.0.0.1" if host == "hooks.test" else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", flipping)
    url = receiver.url.replace("127.0.0.1", "hooks.test")
    assert send(Message(url, b"{}", ()), timeout_s=5, allow_private=True) == 204
    assert asked.count("hooks.test") == 1
    assert receiver.taken[0][0]["host"].startswith("hooks.test:")
    with pytest.raises(AddressRefused, match="private"):
        send(Message(url, b"{}", ()), timeout_s=5, allow_private=False)
    assert len(receiver.taken) == 1


def test_one_private_address_among_public_ones_refuses_them_all(monkeypatch: pytest.MonkeyPatch):
    numbers = ["93.184.216.34", "10.0.0.7"]
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 443)) for number in numbers]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: found)
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.7"):
        addresses_of("hooks.test", 443, allow_private=False)


PRIVATE = """
http://127.0.0.1/
http://127.1/
http://2130706433/
http://0x7f000001/
http://0177.0.0.1/
http://0/
http://0.0.0.0/
http://localhost/
http://localhost./
http://LOCALHOST/
http://[::1]/
http://[::]/
http://[::ffff:127.0.0.1]/
http://[::ffff:7f00:1]/
http://[64:ff9b::7f00:1]/
http://[2002:7f00:1::]/
http://[fe80::1]/
http://[fe80::1%25lo]/
http://[fc00::1]/
http://[ff02::1]/
http://10.0.0.1/
http://172.16.0.1/
http://192.168.1.1/
http://169.254.169.254/
http://100.64.0.1/
http://198.18.0.1/
http://224.0.0.1/
http://255.255.255.255/
http://192.0.2.1/
http://ip6-localhost/
https://127.0.0.1:443/
http://user:word@127.0.0.1/
http://example.org@127.0.0.1/
http://127.0.0.1#@example.org/
http://example.org:25/
http://example.org:22/
ftp://example.org/
file:///etc/passwd
gopher://127.0.0.1/
//127.0.0.1/
example.org
http://
http://[::1
http://exa mple.org/
http://ⓔxample.org/
http://127。0。0。1/
""".splitlines()[1:]
ODD = [
    "http://127.0.0.1\\@example.org/",
    "http://example.org/\r\nX: y",
    "",
    "http://" + "a" * 2_000,
]


@pytest.mark.parametrize("url", [*PRIVATE, *ODD])
def test_nothing_is_sent_to_a_private_or_odd_address(url: str, receiver: Receiver):
    port = receiver.server.server_port
    aimed = url.replace(":443/", "/")
    if aimed.endswith("/") and "]" not in aimed.rpartition("/")[0][-1:]:
        aimed = f"{aimed[:-1]}:{port}/" if aimed.count(":") == 1 else aimed
    for form in (url, aimed):
        with pytest.raises((AddressRefused, NotSent)):
            send(Message(form, b"{}", ()), timeout_s=1, allow_private=False)
    assert receiver.taken == []


@pytest.mark.parametrize(
    "given, field",
    [
        ({"url": "http://127.0.0.1/"}, "url"),
        ({"url": "nothing"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["post.eaten"]}, "events"),
    ],
)
def test_a_webhook_with_a_fault_is_refused_by_field(make_world, sqlite_url, given, field):
    world = make_world(sqlite_url)
    wanted = {"url": "https://example.org/hook", "events": EVENTS, **given}
    with pytest.raises(ValidationError) as refused, world.site.transaction(SYSTEM) as session:
        world.site.webhooks.add(session, **wanted)
    assert [error.field for error in refused.value.errors] == [field]


def test_who_may_not_manage_the_site_cannot_add_one(world: World):
    from blog_core.errors import Forbidden

    with pytest.raises(Forbidden), world.site.transaction(world.account("editor")) as session:
        world.site.webhooks.add(session, url="https://example.org/", events=EVENTS)


def test_messages_that_ended_a_month_ago_are_forgotten(world: World, receiver: Receiver):
    add(world, receiver.url, "post.published")
    world.post(world.account("author"), "Bread")
    run(world)
    world.clock.forward(days=31)
    run(world)
    assert states(world) == []
