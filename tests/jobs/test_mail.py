"""Mail: enqueued with its reason, sent once, tried again when the server does not take it."""

from contextlib import suppress

import pytest
from sqlalchemy import select

from blog_core.errors import ValidationError
from blog_core.jobs import enqueue_mail
from blog_core.model import Mail
from blog_core.ports import Query
from blog_core.site import SYSTEM
from tests.jobs.smtp_server import SmtpServer


@pytest.fixture
def server():
    server = SmtpServer()
    yield server
    server.close()


@pytest.fixture
def config(config, server):
    place = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none"}
    return config | {"mail": {"transport": "smtp", "sender": "blog@example.org", **place}}


MAIL = {
    "to_address": "ada@example.org",
    "subject": "A new comment",
    "body": "Rea wrote: good!",
    "unique_key": "comment:1:ada@example.org",
}


def mails(site):
    return site.read(Query("mails", select(Mail.__table__)))


def test_a_message_is_sent_once_however_often_it_is_asked_for(site, server):
    for _ in range(2):
        with site.transaction(SYSTEM) as session:
            enqueue_mail(session, **MAIL)
            enqueue_mail(session, **MAIL)
        site.jobs.run_due()
    (message,) = server.messages
    assert message["To"] == "ada@example.org"
    assert message["From"] == "blog@example.org"
    assert message["Subject"] == "A new comment"
    assert message.get_payload().strip() == "Rea wrote: good!"
    assert mails(site)[0]["sent_at"] is not None


def test_nothing_is_sent_for_what_was_rolled_back(site, server):
    with suppress(ZeroDivisionError), site.transaction(SYSTEM) as session:
        enqueue_mail(session, **MAIL)
        raise ZeroDivisionError
    site.jobs.run_due()
    assert server.messages == []


def test_a_message_that_is_not_taken_is_tried_again_as_the_same_message(site, server, clock):
    server.refuse = True
    with site.transaction(SYSTEM) as session:
        enqueue_mail(session, **MAIL)
    site.jobs.run_due()
    (mail,) = mails(site)
    assert mail["sent_at"] is None
    assert "did not take a message" in mail["last_error"]
    server.refuse = False
    clock.forward(seconds=10)
    site.jobs.run_due()
    (mail,) = mails(site)
    assert (mail["attempts"], mail["last_error"]) == (2, "")
    assert len(server.messages) == 1
    assert server.messages[0]["Message-ID"].endswith("@example.org>")


@pytest.mark.parametrize(
    "wrong, name",
    [
        ({"subject": "Hello\nBcc: everybody@example.org"}, "subject"),
        ({"to_address": "a@example.org\r\nBcc: b@example.org"}, "to_address"),
        ({"to_address": "nobody"}, "to_address"),
        ({"subject": "  "}, "subject"),
    ],
)
def test_what_cannot_stand_in_a_header_is_refused(site, wrong, name):
    with pytest.raises(ValidationError, match=name), site.transaction(SYSTEM) as session:
        enqueue_mail(session, **(MAIL | wrong))
    assert mails(site) == []


def test_without_a_mail_server_messages_go_to_the_log(site, caplog):
    caplog.set_level("INFO", logger="blog.mail")
    object.__setattr__(site.settings.core.mail, "transport", "console")
    with site.transaction(SYSTEM) as session:
        enqueue_mail(session, **MAIL)
    site.jobs.run_due()
    assert "Mail to ada@example.org: A new comment\nRea wrote: good!" in caplog.text
