"""The settings page: every value with its source, no secret, administrators only."""

import html
import re

import pytest

from tests.flows.world import World

SECRET = "a-secret-of-forty-characters-or-so-000001"


@pytest.fixture
def page(make_world, sqlite_url: str, monkeypatch) -> str:
    monkeypatch.setenv("BLOG_TAGLINE", "From the environment")
    world: World = make_world(
        sqlite_url,
        title="Slow Notes",
        secret_key=SECRET,
        plugins=["llm"],
        llm={"api_key": SECRET[::-1]},
        mail={"smtp_password": SECRET.upper()},
    )
    world.account("admin")
    answer = world.signed_in("admin").get("/admin/settings")
    assert answer.status_code == 200
    return html.unescape(answer.get_data(as_text=True))


def line_of(page: str, name: str) -> tuple[str | None, str | None]:
    """Where a setting comes from (None: the default), and its value (None: empty)."""
    line = re.search(rf"<dt><code>{re.escape(name)}</code>.*?</dd>", page, re.DOTALL)
    assert line is not None, name
    source = re.search(r'state-published">([^<]*)<', line[0])
    value = re.search(r'class="value"><code>([^<]*)<', line[0])
    return source and source[1], value and value[1]


def test_each_value_stands_with_its_source(page: str):
    assert line_of(page, "title") == ("create_app", "Slow Notes")
    assert line_of(page, "tagline") == ("BLOG_TAGLINE", "From the environment")
    assert line_of(page, "posts_per_page") == (None, "10")
    assert line_of(page, "mail.transport") == (None, "console")
    assert line_of(page, "llm.model")[0] is None


def test_of_secrets_only_that_they_are_set(page: str):
    for name in ("secret_key", "llm.api_key", "mail.smtp_password"):
        assert line_of(page, name) == ("create_app", "set (hidden)"), name
    assert SECRET not in page
    assert SECRET[::-1] not in page
    assert SECRET.upper() not in page


def test_a_database_s_password_is_masked(make_world, postgres_url: str):
    world = make_world(postgres_url.replace("@", ":hidden-word@", 1))
    world.account("admin")
    page = world.signed_in("admin").get("/admin/settings").get_data(as_text=True)
    assert "hidden-word" not in page
    assert "***" in page


@pytest.mark.parametrize("role", ["editor", "author", "contributor"])
def test_nobody_but_administrators_sees_it(make_world, sqlite_url: str, role: str):
    world = make_world(sqlite_url)
    world.account(role)
    client = world.signed_in(role)
    assert client.get("/admin/settings").status_code == 403
    assert "/admin/settings" not in client.get("/admin/account").get_data(as_text=True)
