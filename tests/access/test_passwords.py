"""Passwords: their rules, and that no more are hashed at once than wanted."""

import threading

import pytest

from blog_core.access.passwords import Passwords, check_new, one_time_password
from blog_core.errors import Unavailable, ValidationError


def test_a_password_is_known_again_and_no_other_one_is():
    passwords = Passwords()
    kept = passwords.hash("a few plain words")
    assert kept.startswith("$argon2id$")
    assert passwords.matches("a few plain words", kept)
    assert not passwords.matches("a few plain word", kept)
    assert not passwords.is_outdated(kept)


def test_the_same_letters_typed_otherwise_are_the_same_password():
    passwords = Passwords()
    assert passwords.matches(
        "cafe\u0301 au lait please", passwords.hash("caf\u00e9 au lait please")
    )


@pytest.mark.parametrize("kept", [None, "", "not a hash"])
def test_no_password_opens_an_account_without_one(kept):
    assert not Passwords().matches("a few plain words", kept)


def test_a_huge_password_is_wrong_without_being_hashed():
    passwords = Passwords(at_once=1, wait_s=0)
    with passwords._place():  # noqa: SLF001  all places are taken: hashing would raise
        assert not passwords.matches("x" * 1_000_000, "whatever")


def test_who_waits_too_long_for_a_place_is_told_to_come_back():
    passwords = Passwords(at_once=1, wait_s=0.01)
    held, done = threading.Event(), threading.Event()

    def hold():
        with passwords._place():  # noqa: SLF001
            held.set()
            done.wait(5)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(5)
    try:
        with pytest.raises(Unavailable, match="Too many people sign in just now"):
            passwords.hash("a few plain words")
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize(
    "password, code",
    [
        ("short", "too_short"),
        ("x" * 1_025, "too_long"),
        ("é" * 513, "too_long"),
        ("aaaaaaaaaaaaaaa", "guessable"),
        ("Ann@Example.org", "guessable"),
    ],
)
def test_a_bad_password_is_refused_with_its_limit(password, code):
    with pytest.raises(ValidationError) as e:
        check_new(password, not_like=("ann@example.org",))
    assert code in {error.code for error in e.value.errors}


@pytest.mark.parametrize("password", ["twelve bytes", "é" * 6 + "abcdef", "w x y z " * 128])
def test_a_password_within_the_limits_is_taken(password):
    check_new(password)


def test_one_time_passwords_are_long_and_never_the_same():
    some = {one_time_password() for _ in range(100)}
    assert len(some) == 100
    for password in some:
        check_new(password)
