"""A forgotten password, from the form to the message to the new sign-in."""

import logging
import re

import pytest
from sqlalchemy import func, select

from blog_core.content.accounts import set_active
from blog_core.model import Job, Mail, PasswordLink
from tests.access.test_sign_in import OURS, sign_in
from tests.flows.world import PASSWORD

ASK = "/admin/forgotten-password"
NEW = "a new long password"


def made(make_world, database_url):
    world = make_world(database_url, site_url="http://localhost", title="Slow Notes")
    world.account("author")
    return world


@pytest.fixture
def world(make_world, sqlite_url):
    return made(make_world, sqlite_url)


def ask(world, email="author@example.com", **more):
    return world.client().post(ASK, data={"email": email}, headers=OURS, **more)


def mailed_links(world, caplog):
    """The links in the messages that were sent meanwhile (to the log: the usual transport)."""
    caplog.clear()
    with caplog.at_level(logging.INFO, "blog.mail"):
        while world.site.jobs.run_due():
            pass
    return re.findall(r"http://localhost(/admin/set-password/\S+)", caplog.text)


def choose(world, link, new=NEW, again=None):
    data = {"new": new, "again": new if again is None else again}
    return world.client().post(link, data=data, headers=OURS)


def count(world, table):
    with world.site.transaction() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_a_link_is_mailed_and_sets_a_new_password_once(make_world, database_url, caplog):
    world = made(make_world, database_url)
    signed_in = world.signed_in("author")
    assert "is on its way" in ask(world).get_data(as_text=True)
    (link,) = mailed_links(world, caplog)
    assert "Hello Author," in caplog.text
    assert "Slow Notes: choose a new password" in caplog.text
    page = world.get(link)
    assert (page.status_code, page.headers["Referrer-Policy"]) == (200, "no-referrer")
    assert "For the account of Author." in page.get_data(as_text=True)
    answer = choose(world, link)
    assert answer.headers["Location"] == "/admin/sign-in?said=password"
    assert "Your new password is set" in world.get(answer.headers["Location"]).get_data(True)
    assert sign_in(world.client(), password=PASSWORD).status_code == 403
    assert sign_in(world.client(), password=NEW).status_code == 303
    assert signed_in.get("/admin/account").status_code == 303
    gone = choose(world, link)
    assert gone.status_code == 410
    assert "This link was used already or has ended" in gone.get_data(as_text=True)


def test_neither_the_answer_nor_the_work_tells_whether_an_address_is_known(world, caplog):
    answers, statements = [], []
    for email in ("author@example.com", "nobody@example.com"):
        with world.statements() as sent:
            answers.append(ask(world, email))
        statements.append([re.sub(r"\s+", " ", text) for text in sent])
    pages = [answer.get_data(as_text=True).replace("nobody@", "author@") for answer in answers]
    assert pages[0] == pages[1]
    assert statements[0] == statements[1]
    assert len(mailed_links(world, caplog)) == 1
    assert count(world, Mail) == 1


def test_only_a_digest_is_kept_of_a_link_also_in_the_message_once_it_is_sent(world, caplog):
    ask(world)
    (link,) = mailed_links(world, caplog)
    token = link.rpartition("/")[2]
    with world.site.transaction() as session:
        kept = session.scalars(select(PasswordLink.token_digest)).one()
        texts = (
            *session.scalars(select(Mail.body)),
            *map(str, session.scalars(select(Job.arguments))),
        )
    assert not any(token in text for text in (kept, *texts))
    assert world.get(link.replace(token, kept)).status_code == 410


@pytest.mark.parametrize("hours, status", [(0.9, 200), (1.1, 410)])
def test_a_link_works_for_an_hour(world, caplog, hours, status):
    ask(world)
    (link,) = mailed_links(world, caplog)
    world.clock.forward(hours=hours)
    assert world.get(link).status_code == status


def test_a_newer_link_ends_the_one_before(world, caplog):
    ask(world)
    (first,) = mailed_links(world, caplog)
    ask(world)
    (second,) = mailed_links(world, caplog)
    assert (world.get(first).status_code, world.get(second).status_code) == (410, 200)


def test_changing_the_password_meanwhile_ends_the_link(world, caplog):
    ask(world)
    (link,) = mailed_links(world, caplog)
    client = world.signed_in("author")
    token = re.search(
        r'name="form_token" value="(\w+)"', client.get("/admin/password").get_data(True)
    )
    data = {"form_token": token[1], "old": PASSWORD, "new": NEW, "again": NEW}
    assert client.post("/admin/password", data=data, headers=OURS).status_code == 303
    assert world.get(link).status_code == 410


def test_a_closed_account_gets_no_message_and_its_link_ends(world, caplog):
    ask(world)
    (link,) = mailed_links(world, caplog)
    with world.site.transaction() as session:
        set_active(session, account_id=1, version=1, is_active=False)
    assert world.get(link).status_code == 410
    ask(world)
    assert mailed_links(world, caplog) == []


def test_asking_is_limited_by_account_and_by_address(world):
    for _ in range(3):
        assert ask(world).status_code == 200
    refused = ask(world)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "1200"
    for number in range(6):  # with the refused one that makes ten
        assert ask(world, f"somebody{number}@example.com").status_code == 200
    assert ask(world, "another@example.com").status_code == 429
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    assert ask(world, "another@example.com", environ_base=elsewhere).status_code == 200
    assert ask(world, environ_base=elsewhere).status_code == 429


def test_wrong_input_is_named_and_comes_back(world, caplog):
    page = ask(world, "not an address").get_data(as_text=True)
    assert "found &#39;notanaddress&#39;, expected an address such as ann@example.org." in page
    assert 'value="not an address"' in page
    ask(world)
    (link,) = mailed_links(world, caplog)
    for new, again, text in (
        ("short", "short", "found 5 bytes, expected at least 12"),
        (NEW, "another text", "found another text than in the field above"),
        ("author@example.com", "author@example.com", "easily guessed"),
    ):
        answer = choose(world, link, new, again)
        assert answer.status_code == 422
        assert text in answer.get_data(as_text=True)
    assert choose(world, link).status_code == 303


def test_the_host_of_a_request_never_gets_into_a_link(make_world, sqlite_url, caplog):
    world = make_world(sqlite_url)
    world.account("author")
    assert ask(world, base_url="http://evil.example/").status_code == 200
    with caplog.at_level(logging.INFO, "blog.mail"):
        world.site.jobs.run_due()
        world.site.jobs.run_due()
    assert "\n/admin/set-password/" in caplog.text
    assert "evil" not in caplog.text
