"""A blog in an app that signs people in itself."""

import pytest
from flask import Flask
from sqlalchemy import select

from blog_core import Blog
from blog_core.access import HostUser
from blog_core.model import Account
from blog_core.model.migrate import migrate

OURS = {"Sec-Fetch-Site": "same-origin"}
USERS = {
    "1": HostUser("u-1", "Ann Host", "ann@host.example", "editor"),
    "2": HostUser("u-2", "Bob Host", None, "contributor"),
}


@pytest.fixture
def host(database_url, tmp_path):
    """A host app whose user is named by a header, as some proxy might."""
    app = Flask("host", instance_path=str(tmp_path))
    blog = Blog(
        app,
        identity=lambda request: USERS.get(request.headers.get("X-User", "")),
        config={"database_url": database_url, "environment": "test"},
    )
    with blog.activate() as site:
        migrate(site)
    yield app, blog.site()
    blog.site().changes.close()
    blog.site().ports.executor.close()


def test_the_hosts_user_is_in_and_a_stranger_is_told_so(host):
    app, _ = host
    assert app.test_client().get("/blog/admin/", headers={"X-User": "1"}).status_code == 200
    answer = app.test_client().get("/blog/admin/")
    assert answer.status_code == 401
    assert "Location" not in answer.headers


def test_the_blog_has_no_sign_in_of_its_own(host):
    app, site = host
    assert {"admin_sign_in", "admin_password"}.isdisjoint(route.endpoint for route in site.routes)
    page = app.test_client().get("/blog/admin/account", headers={"X-User": "1"})
    assert "Ann Host" in page.get_data(as_text=True)
    assert "password" not in page.get_data(as_text=True)


def test_reading_makes_no_account_and_the_first_write_makes_one(host):
    app, site = host
    with app.test_request_context("/blog/admin/", headers={"X-User": "1"}):
        actor = site.access.current_actor()
        assert (actor.account_id, actor.role) == (None, "editor")
        site.access.settle()
        first = site.access.current_actor()
    with app.test_request_context("/blog/admin/", headers={"X-User": "1"}):
        site.access.settle()
        assert site.access.current_actor() == first
    with site.activate(), site.transaction() as session:
        account = session.scalars(select(Account)).one()
        assert (account.external_id, account.slug, account.role) == ("u-1", "ann-host", "editor")
        assert account.password_hash is None


def test_a_contributor_without_an_account_sees_no_drafts_of_others(host):
    app, _ = host
    page = app.test_client().get("/blog/admin/", headers={"X-User": "2"})
    assert "There are no posts yet." in page.get_data(as_text=True)


def test_the_hosts_user_needs_the_form_token_too(host):
    app, site = host
    with app.test_request_context("/blog/", headers={"X-User": "1"}):
        anns = site.access.form_token()
    with app.test_request_context(
        "/blog/", method="POST", headers={"X-User": "1"}, data={"form_token": anns}
    ):
        site.access.check_form_token()
    with (
        app.test_request_context(
            "/blog/", method="POST", headers={"X-User": "2"}, data={"form_token": anns}
        ),
        pytest.raises(Exception, match="The form belongs to another sign-in"),
    ):
        site.access.check_form_token()


def test_a_role_that_is_none_is_named():
    with pytest.raises(ValueError, match="gave the role 'boss' for 'Ann'; expected one of admin,"):
        HostUser("1", "Ann", role="boss")
