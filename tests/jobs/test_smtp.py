"""Mail through a real server: encrypted, signed in, and never in clear where that is asked for."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from blog_core.access.access import Access
from blog_core.jobs import enqueue_mail
from blog_core.model import Mail
from blog_core.ports import Query
from blog_core.site import SYSTEM
from tests.flows.world import World, make_world
from tests.jobs.smtp_server import CERTIFICATE, SmtpServer

__all__ = ["make_world"]
USER = ("blog", "a word of passage")


@pytest.fixture
def mailing(
    make_world: Callable[..., World], sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., tuple[World, SmtpServer]]]:
    """`mailing(security)`: a blog, and the mail server that it is set up for and trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    servers: list[SmtpServer] = []

    def make(security: Any, **more: Any) -> tuple[World, SmtpServer]:
        server = SmtpServer(security, USER)
        servers.append(server)
        settings = {
            "transport": "smtp",
            "smtp_host": "localhost",
            "smtp_port": server.port,
            "smtp_security": security,
            "smtp_user": USER[0],
            "smtp_password": USER[1],
        }
        return make_world(sqlite_url, site_url="http://localhost", mail=settings | more), server

    yield make
    for server in servers:
        server.close()


def send(world: World) -> None:
    with world.site.transaction(SYSTEM) as session:
        enqueue_mail(
            session, to_address="a@example.org", subject="Hello", body="Text", unique_key="1"
        )
    world.site.jobs.run_due()


def last_error(world: World) -> str:
    return str(world.site.read(Query("mail", select(Mail.last_error)))[0]["last_error"])


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_message_goes_out_encrypted_and_signed_in(mailing: Any, security: str):
    world, server = mailing(security)
    send(world)
    assert last_error(world) == ""
    assert [message["Subject"] for message in server.messages] == ["Hello"]
    assert not any(b"AUTH" in line or b"Text" in line for line in server.heard_in_clear)


def test_a_server_that_nobody_vouches_for_gets_neither_password_nor_message(
    mailing: Any, monkeypatch: pytest.MonkeyPatch
):
    world, server = mailing("starttls")
    monkeypatch.setenv("SSL_CERT_FILE", "/dev/null")
    send(world)
    assert "certificate verify failed" in last_error(world)
    assert server.messages == []


def test_a_server_without_encryption_gets_nothing_when_it_is_asked_for(mailing: Any):
    world, server = mailing("starttls")
    server.security = "none"
    send(world)
    assert "STARTTLS extension not supported by server" in last_error(world)
    assert server.messages == []
    assert not any(b"AUTH" in line for line in server.heard_in_clear)


def test_a_wrong_password_is_told_without_the_password(mailing: Any):
    world, server = mailing("starttls", smtp_password="another word")
    send(world)
    assert re.search(r"The mail server localhost:\d+ did not take a message", last_error(world))
    assert "who are you" in last_error(world)
    assert "another word" not in last_error(world)
    assert server.messages == []


def test_the_link_of_a_forgotten_password_arrives_and_works(mailing: Any):
    world, server = mailing("starttls")
    world.account("author")
    access: Access = world.site.access
    with world.app.test_request_context():
        access.ask_for_password_link(email="author@example.com")
    while world.site.jobs.run_due():
        pass
    (message,) = server.messages
    text = message.get_payload(decode=True).decode()
    link = re.search(r"http://localhost(/admin/set-password/\S+)", text)
    assert message["To"] == "author@example.com"
    assert link is not None
    assert world.get(link[1]).status_code == 200
