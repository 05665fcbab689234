"""Who sent a request behind proxies: believed from as many as are named, and from nobody else."""

import pytest

from tests.access.test_sign_in import OURS
from tests.flows.world import World


@pytest.fixture
def asked(make_world, sqlite_url):
    """`asked(proxies, said)`: the address and scheme that a blog takes a request to come by."""

    def ask(proxies: int, said: str) -> tuple[str, bool]:
        world: World = make_world(
            sqlite_url, trusted_proxies=proxies, allowed_hosts=["localhost"], plugins=["cache"]
        )
        world.account("author")
        answer = world.client().post(
            "/admin/sign-in",
            data={"email": "author@example.com", "password": "correct horse battery"},
            headers={
                **OURS,
                "X-Forwarded-For": said,
                "X-Forwarded-Proto": "https",
                "X-Forwarded-Host": "evil.example",
            },
        )
        assert answer.status_code == 303, answer.get_data(as_text=True)
        cookie = answer.headers["Set-Cookie"]
        name, value = cookie.partition(";")[0].split("=")
        client = world.client()
        client.set_cookie(name, value, secure="Secure" in cookie)
        page = client.get("/admin/account", base_url="https://localhost/").get_data(as_text=True)
        return page.partition("<li>from ")[2].partition("</li>")[0], "Secure" in cookie

    return ask


@pytest.mark.parametrize(
    "proxies, said",
    [
        (1, "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 192.0.2.2"),
    ],
)
def test_a_visitor_s_address_is_what_the_outermost_proxy_saw(asked, proxies, said):
    assert asked(proxies, said) == ("203.0.113.9", True)


def test_without_proxies_nothing_that_a_visitor_says_is_believed(make_world, sqlite_url):
    world: World = make_world(sqlite_url)
    data = {"email": "nobody@example.com", "password": "wrong wrong wrong"}
    answers = [
        world.client()
        .post(
            "/admin/sign-in",
            data=data | {"email": f"nobody{number}@example.com"},
            headers={**OURS, "X-Forwarded-For": f"203.0.113.{number}"},
        )
        .status_code
        for number in range(21)
    ]
    assert answers == [403] * 20 + [429]
