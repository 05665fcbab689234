"""Signing in as a browser does it."""

import re

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from blog_core.access.passwords import Passwords
from blog_core.access.signing_in import network_of
from blog_core.content.accounts import set_password_hash
from blog_core.model import Account, LoginSession
from tests.flows.world import PASSWORD

OURS = {"Sec-Fetch-Site": "same-origin"}
COOKIE = "blog_session"


def sign_in(client, email="author@example.com", password=PASSWORD, *, path="", **kwargs):
    data = {"email": email, "password": password}
    return client.post(f"/admin/sign-in{path}", data=data, headers=OURS, **kwargs)


def token_of(client, path="/admin/account"):
    page = client.get(path).get_data(as_text=True)
    return re.search(r'name="form_token" value="([0-9a-f]+)"', page)[1]


def send(client, path, **data):
    return client.post(path, data={"form_token": token_of(client), **data}, headers=OURS)


@pytest.fixture
def browser(world):
    world.account("author")
    return world.client()


def test_signing_in_leads_to_the_posts_and_back_to_where_one_was(browser):
    asked = browser.get("/admin/account?x=1")
    assert (asked.status_code, asked.headers["Location"]) == (
        303,
        "/admin/sign-in?next=%2Fadmin%2Faccount%3Fx%3D1",
    )
    answer = sign_in(browser, path="?next=%2Fadmin%2Faccount%3Fx%3D1")
    assert answer.headers["Location"] == "/admin/account?x=1"
    assert browser.get("/admin/account").status_code == 200
    assert sign_in(browser, path="?next=//evil.example").headers["Location"] == "/admin/"


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(world, browser):
    cookie = sign_in(browser).headers["Set-Cookie"]
    assert re.match(rf"{COOKIE}=[\w-]{{43}};", cookie)
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=1209600"):
        assert part in cookie
    assert "Secure" not in cookie
    secure = sign_in(world.client(), base_url="https://localhost/").headers["Set-Cookie"]
    assert secure.startswith(f"__Host-{COOKIE}=")
    assert "Secure" in secure
    assert "Domain" not in secure


def test_the_database_alone_opens_no_session(world, browser):
    sign_in(browser)
    with world.site.transaction() as session:
        kept = session.scalars(select(LoginSession.token_digest)).one()
    thief = world.client()
    thief.set_cookie(COOKIE, kept)
    assert thief.get("/admin/account").status_code == 303


def test_a_wrong_password_gives_the_address_back_and_tells_nothing(browser):
    wrong = sign_in(browser, password="wrong horse battery")
    unknown = sign_in(browser, email="nobody@example.com")
    assert wrong.status_code == unknown.status_code == 403
    pages = [answer.get_data(as_text=True) for answer in (wrong, unknown)]
    assert 'value="author@example.com"' in pages[0]
    assert pages[0].replace("author@", "nobody@") == pages[1]
    assert "There is no account with this address and password." in pages[0]
    assert PASSWORD not in pages[1]
    assert "Set-Cookie" not in wrong.headers


@pytest.mark.parametrize("email", ["", "\x00", "a" * 5_000, "ü@x", "' OR 1=1 --"])
def test_an_odd_address_is_a_wrong_one(browser, email):
    assert sign_in(browser, email=email).status_code == 403


@pytest.mark.parametrize("why", ["closed", "without password"])
def test_a_closed_account_looks_like_none(world, browser, why):
    with world.site.transaction() as session:
        values = {"is_active": False} if why == "closed" else {"password_hash": None}
        session.execute(update(Account).values(**values))
    assert sign_in(browser).status_code == 403


class CountingHasher(PasswordHasher):
    """Counts the comparisons, which are what takes the time."""

    compared = 0

    def verify(self, *args, **kwargs):
        self.compared += 1
        return super().verify(*args, **kwargs)


@pytest.mark.parametrize("email", ["author@example.com", "nobody@example.com", "", "\x00"])
def test_a_comparison_is_made_whether_there_is_an_account_or_not(world, browser, email):
    hasher = CountingHasher(time_cost=1, memory_cost=64, parallelism=1)
    world.site.access.passwords = Passwords(hasher=hasher)
    sign_in(browser, email=email, password="wrong horse battery")
    assert hasher.compared == 1


def test_guesses_are_limited_by_account_whatever_address_they_come_from(world, browser):
    codes = []
    for n in range(40):
        environ = {"REMOTE_ADDR": f"203.0.113.{n}"}
        codes.append(sign_in(browser, password="guess guess", environ_base=environ).status_code)
    assert codes.count(403) <= 6
    assert set(codes[6:]) == {429}
    refused = sign_in(browser)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "too many attempts. Wait" in refused.get_data(as_text=True)
    world.clock.forward(minutes=1)
    assert sign_in(browser).status_code == 303


def test_guesses_are_limited_by_address_whatever_account_they_are_for(world, browser):
    codes = [sign_in(browser, email=f"a{n}@example.com").status_code for n in range(25)]
    assert codes == [403] * 20 + [429] * 5
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert sign_in(browser, environ_base=elsewhere).status_code == 303


def test_a_guessers_own_account_buys_no_new_attempts(world, browser):
    world.account("editor")
    for n in range(15):
        sign_in(browser, email=f"a{n}@example.com")
    for _ in range(3):
        sign_in(browser, email="editor@example.com")
    codes = [sign_in(browser, email=f"b{n}@example.com").status_code for n in range(5)]
    assert codes == [403, 403, 429, 429, 429]


@pytest.mark.parametrize(
    "address, network",
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_one_persons_addresses_count_as_one(address, network):
    assert network_of(address) == network


def test_an_id_from_before_signing_in_is_worth_nothing_afterwards(world, browser):
    sign_in(browser)
    before = browser.get_cookie(COOKIE).value
    sign_in(browser)
    after = browser.get_cookie(COOKIE).value
    assert before != after
    other = world.client()
    other.set_cookie(COOKIE, before)
    assert other.get("/admin/account").status_code == 303


def test_an_id_that_we_never_gave_is_not_taken_over(browser):
    browser.set_cookie(COOKIE, "chosen-by-somebody-else")
    sign_in(browser)
    assert browser.get_cookie(COOKIE).value != "chosen-by-somebody-else"


def test_signing_out_ends_the_session_in_the_database_too(world, browser):
    sign_in(browser)
    kept = browser.get_cookie(COOKIE).value
    assert send(browser, "/admin/sign-out").status_code == 303
    assert browser.get_cookie(COOKIE) is None
    other = world.client()
    other.set_cookie(COOKIE, kept)
    assert other.get("/admin/account").status_code == 303


def test_a_session_ends_when_nobody_uses_it_and_at_the_latest_after_its_days(world, browser):
    sign_in(browser)
    for _ in range(3):
        world.clock.forward(days=4)
        assert browser.get("/admin/account").status_code == 200
    world.clock.forward(days=2, seconds=1)
    assert browser.get("/admin/account").status_code == 303
    sign_in(browser)
    world.clock.forward(days=7, seconds=1)
    assert browser.get("/admin/account").status_code == 303


def test_a_session_ends_with_the_account(world, browser):
    sign_in(browser)
    with world.site.transaction() as session:
        session.execute(update(Account).values(is_active=False))
    assert browser.get("/admin/account").status_code == 303


def test_a_new_role_counts_at_once(world, browser):
    sign_in(browser)
    with world.site.transaction() as session:
        session.execute(update(Account).values(role="admin"))
    assert ">admin<" in browser.get("/admin/account").get_data(as_text=True)


# --- one's own password ---------------------------------------------------------------------------


def one_time(world, browser):
    with world.site.activate(), world.site.transaction() as session:
        kept = world.site.access.passwords.hash("one-time-password")
        set_password_hash(session, account_id=1, password_hash=kept, one_time=True)
    return sign_in(browser, password="one-time-password")


def test_a_one_time_password_opens_nothing_but_the_form_for_a_new_one(world, browser):
    one_time(world, browser)
    for path in ("/admin/", "/admin/account", "/admin/posts/1"):
        assert browser.get(path).headers["Location"] == "/admin/password"
    assert "one-time password" in browser.get("/admin/password").get_data(as_text=True)
    token = token_of(browser, "/admin/password")
    new = "a password of my own"
    data = {"form_token": token, "old": "one-time-password", "new": new, "again": new}
    assert browser.post("/admin/password", data=data, headers=OURS).status_code == 303
    assert browser.get("/admin/").status_code == 200
    assert sign_in(world.client(), password="one-time-password").status_code == 403
    assert sign_in(world.client(), password=new).status_code == 303


@pytest.mark.parametrize(
    "data, status, text",
    [
        ({"old": "wrong"}, 403, "Present password: this is not your present password."),
        ({"new": "short", "again": "short"}, 422, "New password: found 5 bytes, expected at leas"),
        ({"again": "other"}, 422, "New password again: found another text than in the field abo"),
        ({"new": PASSWORD, "again": PASSWORD}, 422, "found a password that is easily guessed"),
    ],
)
def test_a_password_that_cannot_be_says_why_and_stays(world, browser, data, status, text):
    sign_in(browser)
    new = "a password of my own"
    answer = send(browser, "/admin/password", **{"old": PASSWORD, "new": new, "again": new} | data)
    assert answer.status_code == status
    assert text in answer.get_data(as_text=True)
    assert sign_in(world.client()).status_code == 303


def test_a_new_password_ends_all_other_sessions(world, browser):
    other = world.client()
    sign_in(browser)
    sign_in(other)
    new = "a password of my own"
    send(browser, "/admin/password", old=PASSWORD, new=new, again=new)
    assert browser.get("/admin/account").status_code == 200
    assert other.get("/admin/account").status_code == 303


# --- forms ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [None, "", "0" * 96])
def test_a_form_without_its_token_changes_nothing(browser, token):
    sign_in(browser)
    data = {} if token is None else {"form_token": token}
    answer = browser.post("/admin/sign-out", data=data, headers=OURS)
    assert answer.status_code == 403
    assert "The form belongs to another sign-in" in answer.get_data(as_text=True)
    assert browser.get("/admin/account").status_code == 200


def test_the_token_of_another_sign_in_is_none(world, browser):
    world.account("editor")
    other = world.signed_in("editor")
    sign_in(browser)
    data = {"form_token": token_of(other)}
    assert browser.post("/admin/sign-out", data=data, headers=OURS).status_code == 403


def test_another_site_signs_nobody_in(browser):
    data = {"email": "author@example.com", "password": PASSWORD}
    evil = {"Origin": "https://evil.example"}
    answer = browser.post("/admin/sign-in", data=data, headers=evil)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_a_session_is_noted_as_used_at_most_every_ten_minutes(world, browser):
    sign_in(browser)
    for minutes, statements in ((1, 3), (11, 4), (1, 3)):
        world.clock.forward(minutes=minutes)
        with world.statements() as sent:
            browser.get("/admin/account")
        assert len(sent) == statements
