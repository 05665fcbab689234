"""Passwords: their rules, their hashes (argon2id), and how many are hashed at once."""

import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from blog_core.errors import Unavailable
from blog_core.validation import Faults

MIN_BYTES, MAX_BYTES = 12, 1_024
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that nobody takes for one another."""


class Passwords:
    """Hashes and compares passwords; at most `at_once` hashes run together in a process.

    So that a crowd of sign-ins leaves the processor to the readers: others wait up to `wait_s`
    seconds, then get `Unavailable`.
    """

    def __init__(
        self, *, at_once: int = 2, wait_s: float = 5.0, hasher: PasswordHasher | None = None
    ) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._places = BoundedSemaphore(at_once)
        self._wait_s = wait_s

    def hash(self, password: str) -> str:
        """The hash to be kept of a password that `check_new` let pass."""
        with self._place():
            return self._hasher.hash(_bytes_of(password))

    def matches(self, password: str, password_hash: str | None) -> bool:
        """Whether a password is the one; takes as long for an account without any."""
        if len(password) > MAX_BYTES or len(_bytes_of(password)) > MAX_BYTES:
            return False
        with self._place():
            nobodys = self._nobodys  # before the choice, so that the first call tells nothing
            try:
                self._hasher.verify(password_hash or nobodys, _bytes_of(password))
            except (VerificationError, InvalidHashError):
                return False
        return password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made with other parameters than a new one would be."""
        return self._hasher.check_needs_rehash(password_hash)

    @cached_property
    def _nobodys(self) -> str:
        """A hash that no password has: compared with where there is no account."""
        return self._hasher.hash(secrets.token_bytes(32))

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(timeout=self._wait_s):
            raise Unavailable("Too many people sign in just now. Try again in a few seconds.")
        try:
            yield
        finally:
            self._places.release()


def check_new(password: str, *, field: str = "password", not_like: tuple[str, ...] = ()) -> None:
    """`ValidationError` for a password too short, too long, or equal to one of `not_like`."""
    faults = Faults()
    # The length is looked at before anything is done with it.
    size_bytes = len(password) if len(password) > MAX_BYTES else len(_bytes_of(password))
    if size_bytes < MIN_BYTES:
        message = f"found {size_bytes} bytes, expected at least {MIN_BYTES}: a few words are good"
        faults.add(field, "too_short", message, MIN_BYTES)
    if size_bytes > MAX_BYTES:
        message = f"found {size_bytes:,} bytes, expected at most {MAX_BYTES:,}"
        faults.add(field, "too_long", message, MAX_BYTES)
    if len(set(password)) < 4 or password.casefold() in {text.casefold() for text in not_like}:
        message = "found a password that is easily guessed, expected another one"
        faults.add(field, "guessable", message)
    faults.raise_any()


def one_time_password() -> str:
    """A password to be shown once, typed once and changed: four groups of five."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def _bytes_of(password: str) -> bytes:
    """The same bytes, however a keyboard composes its letters."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace")
