"""Accounts: one address each, always an administrator, and sessions that end with a reason."""

import pytest
from sqlalchemy import select

from blog_core.access.login_sessions import Client, open_session
from blog_core.content.accounts import (
    change_account,
    change_role,
    create_account,
    ensure_author,
    find_account,
    set_active,
    set_password_hash,
)
from blog_core.errors import Forbidden, ValidationError
from blog_core.model import Account, LoginSession


def make(site, actor, **values):
    with site.transaction(actor) as session:
        given = {"name": "Ann", "role": "author", "email": "Ann@Example.org", **values}
        return create_account(session, **given)


def open_sessions(site):
    with site.transaction() as session:
        return session.scalars(
            select(LoginSession.account_id).where(LoginSession.revoked_at.is_(None))
        ).all()


@pytest.fixture
def signed_in(site, people):
    def sign_in(account_id):
        with site.transaction() as session:
            at = site.clock()
            open_session(session, account_id, at=at, lasts=at - at.replace(day=1), client=Client())

    return sign_in


def test_an_account_is_found_by_its_address_in_any_case(site, people):
    account = make(site, people.admin)
    assert find_account(site, email=" ann@EXAMPLE.org ")["id"] == account.id
    assert find_account(site, email="nobody@example.org") is None


def test_two_people_of_one_name_have_two_pages(site, people):
    slugs = [make(site, people.admin, email=None).slug for _ in range(3)]
    assert slugs == ["ann", "ann-2", "ann-3"]


def test_all_faults_are_named_at_once(site, people):
    make(site, people.admin)
    with pytest.raises(ValidationError) as e:
        make(site, people.admin, name="", role="king")
    assert [error.field for error in e.value.errors] == ["name", "role", "email"]
    assert "email: found ann@example.org, which another account has" in str(e.value)


@pytest.mark.parametrize("role", ["editor", "author", "contributor"])
def test_only_administrators_make_accounts(site, people, role):
    with pytest.raises(Forbidden, match="may not manage-accounts"):
        make(site, getattr(people, role))


def test_an_author_of_an_archive_is_one_account(site, people):
    with site.transaction(people.editor) as session:
        first = ensure_author(session, name="Ada Lovelace")
        again = ensure_author(session, name="ada lovelace", email="ada@example.org")
        other = ensure_author(session, name="Grace Hopper", email="grace@example.org")
        renamed = ensure_author(session, name="G. Hopper", email="grace@example.org")
    assert first == again
    assert other == renamed
    with site.transaction() as session:
        assert session.get(Account, first.id).password_hash is None


def test_the_last_administrator_stays(site, people):
    with (
        pytest.raises(ValidationError, match="this is the last active administrator"),
        site.transaction(people.admin) as session,
    ):
        change_role(session, account_id=1, version=1, role="editor")
    with (
        pytest.raises(ValidationError, match="Make somebody else one first"),
        site.transaction(people.admin) as session,
    ):
        set_active(session, account_id=1, version=1, is_active=False)
    with site.transaction(people.admin) as session:
        change_role(session, account_id=2, version=1, role="admin")
        change_role(session, account_id=1, version=1, role="editor")


@pytest.mark.parametrize("reason", ["role", "password", "closing"])
def test_all_sessions_of_an_account_end_with_a_reason(site, people, signed_in, reason):
    signed_in(3)
    signed_in(3)
    signed_in(2)
    with site.transaction(people.admin) as session:
        if reason == "role":
            change_role(session, account_id=3, version=1, role="contributor")
        elif reason == "password":
            set_password_hash(session, account_id=3, password_hash="x")
        else:
            set_active(session, account_id=3, version=1, is_active=False)
    assert open_sessions(site) == [2]


def test_people_change_their_own_account_and_no_other(site, people):
    with site.transaction(people.author) as session:
        change_account(session, account_id=3, version=1, name="New Name", bio="Writes.")
    with pytest.raises(Forbidden), site.transaction(people.author) as session:
        change_account(session, account_id=2, version=1, name="Mine")
    with (
        pytest.raises(ValidationError, match="somebody changed the account meanwhile"),
        site.transaction(people.author) as session,
    ):
        change_account(session, account_id=3, version=1, name="Again")
