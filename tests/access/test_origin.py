"""Requests of other sites, and addresses to go on to after signing in."""

import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from blog_core.access.origin import CrossSite, check_origin, own_path
from blog_core.access.tokens import form_token, is_form_token


def request(method="POST", base_url="http://blog.example/", **headers):
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(EnvironBuilder(method=method, base_url=base_url, headers=given).get_environ())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://blog.example"},
        {"Origin": "https://blog.example"},
        {"Sec_Fetch_Site": "same-origin"},
        {"Sec_Fetch_Site": "none"},
        {"Origin": "https://public.example", "Sec_Fetch_Site": "same-origin"},
    ],
)
def test_our_own_pages_and_programs_may_write(headers):
    check_origin(request(**headers), site_url="https://public.example/blog")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "https://blog.example.evil.example"},
        {"Origin": "https://evil.example/http://blog.example"},
        {"Origin": "file://blog.example"},
        {"Origin": "http://[bad"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "cross-site", "Origin": "http://blog.example"},
    ],
)
def test_pages_of_other_sites_may_not(headers):
    with pytest.raises(CrossSite, match="Nothing was changed: open the page here and try again"):
        check_origin(request(**headers))


def test_reading_is_open_to_links_from_anywhere():
    check_origin(request("GET", Sec_Fetch_Site="cross-site"))


@pytest.mark.parametrize("path", ["/", "/admin/", "/admin/posts/7?page=x", "/a b/ü"])
def test_a_path_of_ours_is_gone_on_to(path):
    assert own_path(path, "/home") == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "admin",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "/x\x00",
        " //evil.example",
        "/" + "x" * 2_000,
    ],
)
def test_any_other_address_is_not(path):
    assert own_path(path, "/home") == "/home"


KEY = b"k" * 48


def test_a_form_token_belongs_to_one_sign_in_and_is_never_the_same_text():
    one, two = form_token(KEY, "session-a"), form_token(KEY, "session-a")
    assert one != two
    assert is_form_token(KEY, "session-a", one)
    assert is_form_token(KEY, "session-a", two)
    assert not is_form_token(KEY, "session-b", one)
    assert not is_form_token(b"other" * 10, "session-a", one)


@given(st.text(max_size=120))
def test_no_other_text_is_a_form_token(text):
    assert not is_form_token(KEY, "session-a", text)
