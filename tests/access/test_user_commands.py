"""`blog user`, as somebody types it."""

import re

import pytest
from click.testing import CliRunner

from blog_core.cli.group import BlogGroup, SiteSource
from blog_core.cli.users import user
from tests.flows.world import PASSWORD

ONE_TIME = re.compile(r"One-time password: ((?:[a-z2-9]{5}-){3}[a-z2-9]{5})\n")


@pytest.fixture
def blog(world):
    def run(*arguments, typed=None):
        group = BlogGroup("blog", commands=[user])
        source = SiteSource(lambda: world.site)
        return CliRunner().invoke(group, ["user", *arguments], obj=source, input=typed)

    return run


def signs_in(world, email, password):
    data = {"email": email, "password": password}
    answer = world.client().post("/admin/sign-in", data=data)
    return answer.status_code == 303


def test_a_new_person_gets_a_one_time_password(world, blog):
    done = blog("add", "ann@example.org", "--name", "Ann", "--role", "editor")
    assert done.exit_code == 0
    assert "Added Ann (editor), account 1, ann." in done.output
    password = ONE_TIME.search(done.output)[1]
    assert signs_in(world, "ann@example.org", password)
    assert "editor      ann@example.org" in blog("list").output


def test_a_password_can_be_typed_instead(world, blog):
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    done = blog("add", "ann@example.org", "--name", "Ann", "--ask", typed=typed)
    assert PASSWORD not in done.output
    assert signs_in(world, "ann@example.org", PASSWORD)


def test_a_new_password_replaces_the_old_one(world, blog):
    world.account("author")
    browser = world.signed_in("author")
    done = blog("password", "author@example.com")
    assert "Author has a new password and was signed out everywhere." in done.output
    assert browser.get("/admin/account").status_code == 303
    assert not signs_in(world, "author@example.com", PASSWORD)
    assert signs_in(world, "author@example.com", ONE_TIME.search(done.output)[1])


@pytest.mark.parametrize(
    "arguments, text",
    [
        (("password", "nobody@example.org"), "There is no account 'nobody@example.org'."),
        (("add", "nonsense", "--name", "Ann"), "email: found 'nonsense', expected an address such"),
        (("add", "a@b.example", "--name", "A", "--role", "king"), "'king' is not one of 'admin'"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_changed(world, blog, arguments, text):
    done = blog(*arguments)
    assert done.exit_code != 0
    assert text in done.output
    assert blog("list").output == ""


def test_a_short_password_is_refused_with_the_limit(world, blog):
    done = blog("add", "ann@example.org", "--name", "Ann", "--ask", typed="short\nshort\n")
    assert "password: found 5 bytes, expected at least 12" in done.output


def test_a_role_is_changed_and_an_account_closed_and_opened(world, blog):
    world.account("admin")
    world.account("author")
    browser = world.signed_in("author")
    assert "Author is editor now" in blog("role", "author@example.com", "editor").output
    assert browser.get("/admin/account").status_code == 303
    assert "editor      author@example.com" in blog("list").output
    assert "The account of Author is closed now." in blog("close", "author@example.com").output
    assert not signs_in(world, "author@example.com", PASSWORD)
    assert "is open now" in blog("close", "author@example.com", "--open").output
    assert signs_in(world, "author@example.com", PASSWORD)
    last = blog("close", "admin@example.com")
    assert last.exit_code == 1
    assert "this is the last active administrator" in last.output
