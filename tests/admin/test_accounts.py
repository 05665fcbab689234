"""Accounts in the admin: inviting, roles, closing, sessions of others; an admin always stays."""

import html
import re
import threading
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from blog_core.content.accounts import change_role
from blog_core.errors import ValidationError
from blog_core.model import Account, Mail
from blog_core.site import SYSTEM
from tests.access.test_sign_in import OURS, sign_in
from tests.flows.world import World


@pytest.fixture
def admin(world: World) -> FlaskClient:
    """The browser of account 1, the only administrator; account 2 is an author."""
    world.account("admin")
    world.account("author")
    return world.signed_in("admin")


def shown(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return html.unescape(answer.get_data(as_text=True))


def send(client: FlaskClient, path: str, at: str = "", **data: str) -> Any:
    """Fill in and send a form that stands on the page `at`."""
    page = shown(client, at or path)
    hidden = dict(re.findall(r'type="hidden" name="(form_token|version)" value="(\w+)"', page))
    return client.post(path, data={**hidden, **data}, headers=OURS)


def account(world: World, account_id: int) -> Account:
    with world.site.transaction(SYSTEM) as session:
        found = session.get(Account, account_id)
        assert found is not None
        session.expunge(found)
        return found


NEW = {"name": "Ines", "email": "Ines@Example.org", "role": "editor", "bio": ""}


def test_somebody_is_invited_by_mail_and_chooses_a_password(world: World, admin: FlaskClient):
    answer = send(admin, "/admin/accounts/new", how="mail", **NEW)
    assert answer.headers["Location"] == "/admin/accounts/3?said=mailed"
    assert "A link to choose a password is on its way." in shown(
        admin, "/admin/accounts/3?said=mailed"
    )
    with world.site.transaction(SYSTEM) as session:
        mail = session.scalars(select(Mail)).one()
        link = re.search(r"/admin/set-password/\S+", mail.body)
        assert (mail.to_address, "Hello Ines," in mail.body) == ("Ines@Example.org", True)
    assert link is not None
    chosen = {"new": "a password of mine", "again": "a password of mine"}
    assert world.client().post(link[0], data=chosen, headers=OURS).status_code == 303
    client = world.client()
    assert sign_in(client, "ines@example.org", "a password of mine").status_code == 303
    assert "editor" in shown(client, "/admin/account")


def test_a_link_is_shown_once_where_nobody_gets_mail(world: World, admin: FlaskClient):
    answer = send(admin, "/admin/accounts/new", how="show", **NEW)
    page = answer.get_data(as_text=True)
    link = re.search(r'value="(/admin/set-password/[^"]+)"', page)
    assert answer.status_code == 200
    assert link is not None
    assert world.get(link[1]).status_code == 200
    assert "set-password" not in shown(admin, "/admin/accounts/3")
    world.clock.forward(days=7, minutes=1)
    assert world.get(link[1]).status_code == 410


def test_wrong_input_is_named_beside_its_field_and_comes_back(world: World, admin: FlaskClient):
    wrong = {"name": " ", "email": "author@example.com", "role": "boss", "bio": "Kept <here>"}
    answer = send(admin, "/admin/accounts/new", **wrong)
    page = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    for text in (
        "Name: found nothing, expected some text.",
        "Mail address: found author@example.com, which another account has.",
        "Role: found 'boss', expected one of admin, editor, author, contributor.",
        "Kept <here></textarea>",
        'value="author@example.com"',
    ):
        assert text in page, text


def test_the_list_is_filtered_and_searched(world: World, admin: FlaskClient):
    world.account("editor")
    for query, names in (
        ("", {"Admin", "Author", "Editor"}),
        ("?role=author", {"Author"}),
        ("?q=EDIT", {"Editor"}),
        ("?q=example.com", {"Admin", "Author", "Editor"}),
        ("?q=%25", set()),
        ("?role=closed", set()),
    ):
        page = shown(admin, f"/admin/accounts{query}")
        assert set(re.findall(r'accounts/\d+">(\w+)<', page)) == names, query
    assert admin.get("/admin/accounts?role=boss").status_code == 400
    with world.statements() as sent:
        admin.get("/admin/accounts")
    assert len(sent) == 2


def test_a_changed_role_ends_the_sessions_and_holds_from_then_on(world: World, admin: FlaskClient):
    author = world.signed_in("author")
    typed = {"name": "Author", "email": "author@example.com", "role": "contributor", "bio": "Bio"}
    assert send(admin, "/admin/accounts/2", **typed).status_code == 303
    assert author.get("/admin/account").status_code == 303
    changed = account(world, 2)
    assert (changed.role, changed.bio, changed.email) == (
        "contributor",
        "Bio",
        "author@example.com",
    )


def test_a_closed_account_is_signed_out_and_stays_out(world: World, admin: FlaskClient):
    author = world.signed_in("author")
    path = "/admin/accounts/2/active"
    assert send(admin, path, "/admin/accounts/2", active="no").status_code == 303
    assert author.get("/admin/account").status_code == 303
    assert sign_in(world.client()).status_code == 403
    assert send(admin, path, "/admin/accounts/2", active="yes").status_code == 303
    assert sign_in(world.client()).status_code == 303


def test_the_last_administrator_can_neither_be_closed_nor_changed(world: World, admin: FlaskClient):
    typed = {"name": "Admin", "email": "admin@example.com", "role": "editor", "bio": ""}
    for answer in (
        send(admin, "/admin/accounts/1", **typed),
        send(admin, "/admin/accounts/1/active", "/admin/accounts/1", active="no"),
    ):
        assert answer.status_code == 422
        assert "this is the last active administrator" in answer.get_data(as_text=True)
    assert (account(world, 1).role, account(world, 1).is_active) == ("admin", True)


def test_two_administrators_cannot_take_the_role_from_each_other_at_once(world: World):
    ids = [world.account("admin").account_id]
    with world.site.transaction(SYSTEM) as session:
        at = {"created_at": world.clock(), "updated_at": world.clock()}
        other = Account(name="Other", slug="other", role="admin", **at)
        session.add(other)
        session.flush()
        ids.append(other.id)
    start, refused = threading.Barrier(2), []

    def demote(account_id: int) -> None:
        with world.site.activate():
            start.wait()
            try:
                with world.site.transaction(SYSTEM) as session:
                    change_role(session, account_id=account_id, version=1, role="editor")
            except ValidationError as error:
                refused.append(str(error))

    threads = [threading.Thread(target=demote, args=(id_,)) for id_ in ids if id_]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert "last active administrator" in refused[0]


def test_somebody_else_s_browsers_are_listed_and_signed_out(world: World, admin: FlaskClient):
    first, second = world.signed_in("author"), world.signed_in("author")
    page = shown(admin, "/admin/accounts/2")
    digests = re.findall(r'name="session" value="([0-9a-f]{64})"', page)
    assert len(digests) == 2
    path = "/admin/accounts/2/sessions"
    assert send(admin, path, "/admin/accounts/2", session=digests[0]).status_code == 303
    assert sorted(c.get("/admin/account").status_code for c in (first, second)) == [200, 303]
    assert send(admin, path, "/admin/accounts/2", session="all").status_code == 303
    assert {c.get("/admin/account").status_code for c in (first, second)} == {303}
    assert admin.get("/admin/accounts").status_code == 200


def test_a_change_made_on_an_old_page_is_refused(world: World, admin: FlaskClient):
    page = shown(admin, "/admin/accounts/2")
    hidden = dict(re.findall(r'type="hidden" name="(form_token|version)" value="(\w+)"', page))
    typed = {"name": "Author", "email": "author@example.com", "role": "author", "bio": "First"}
    assert send(admin, "/admin/accounts/2", **typed).status_code == 303
    answer = admin.post(
        "/admin/accounts/2", data={**hidden, **typed, "bio": "Second"}, headers=OURS
    )
    assert answer.status_code == 422
    assert "somebody changed the account meanwhile" in answer.get_data(as_text=True)
    assert account(world, 2).bio == "First"


def test_one_s_own_name_and_bio_are_one_s_own_to_change(world: World, admin: FlaskClient):
    client = world.signed_in("author")
    path = "/admin/account/profile"
    assert send(client, path, "/admin/account", name="A. Thor", bio="Bread.").status_code == 303
    assert (account(world, 2).name, account(world, 2).bio) == ("A. Thor", "Bread.")
    answer = send(client, path, "/admin/account", name="", bio="x" * 2_001)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Name: found nothing, expected some text." in page
    assert "found 2,001 characters, expected at most 2,000" in page
    assert "x" * 2_001 in page
