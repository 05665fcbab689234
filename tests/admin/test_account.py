"""The account page: the signed-in browsers, and ending their sessions."""

import re

import pytest

OURS = {"Sec-Fetch-Site": "same-origin"}


def page_of(client):
    return client.get("/admin/account").get_data(as_text=True)


def end(client, session):
    token = re.search(r'name="form_token" value="([0-9a-f]+)"', page_of(client))[1]
    data = {"form_token": token, "session": session}
    return client.post("/admin/account/sessions", data=data, headers=OURS)


@pytest.fixture
def two(world):
    world.account("author")
    return world.signed_in("author"), world.signed_in("author")


def test_each_signed_in_browser_is_listed_and_this_one_is_marked(two):
    page = page_of(two[0])
    assert page.count("from 127.0.0.1") == 2
    assert page.count("this browser") == 1


def test_another_browser_can_be_signed_out(two):
    here, there = two
    digest = re.search(r'name="session" value="([0-9a-f]{64})"', page_of(here))[1]
    assert end(here, digest).status_code == 303
    assert there.get("/admin/account").status_code == 303
    assert here.get("/admin/account").status_code == 200


def test_all_browsers_can_be_signed_out(two):
    assert end(two[0], "all").status_code == 303
    assert [client.get("/admin/account").status_code for client in two] == [303, 303]


def test_nobody_ends_the_sessions_of_others(world, two):
    world.account("admin")
    digest = re.search(r'name="session" value="([0-9a-f]{64})"', page_of(two[0]))[1]
    assert end(world.signed_in("admin"), digest).status_code == 303
    assert two[1].get("/admin/account").status_code == 200
