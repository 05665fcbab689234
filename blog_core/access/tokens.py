"""Random tokens, their digests, and the token of a form, bound to what its page was made for."""

import hmac
import secrets
from hashlib import blake2b, sha256

TOKEN_BYTES = 32
_SALT_BYTES = 16


def new_token() -> str:
    """256 random bits, as a text that fits into a cookie or a header."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """What is kept of a token: enough to know it again, not enough to use it."""
    return sha256(token.encode()).hexdigest()


def opaque(text: str, key: bytes) -> str:
    """A text made unreadable but comparable: addresses and names in keys of rate limits."""
    return blake2b(text.encode(), key=key[:64], digest_size=16).hexdigest()


def form_token(key: bytes, binding: str) -> str:
    """A token for the forms of one sign-in (`binding` names it). Each call gives another text."""
    salt = secrets.token_hex(_SALT_BYTES)
    return salt + _signature(key, binding, salt)


def is_form_token(key: bytes, binding: str, token: str) -> bool:
    """Whether `form_token` gave this token for this binding."""
    salt, signature = token[: 2 * _SALT_BYTES], token[2 * _SALT_BYTES :]
    return hmac.compare_digest(
        signature.encode("utf-8", "replace"), _signature(key, binding, salt).encode()
    )


def signed(key: bytes, purpose: str, text: str) -> str:
    """A text with its signature, for an address that nobody can make up. `purpose` keeps the
    signatures of different uses apart."""
    return f"{text}.{_signature(key, f'signed:{purpose}', text)}"


def unsigned(key: bytes, purpose: str, token: str) -> str | None:
    """The text of a token that `signed` gave for this purpose; else None."""
    text, _, signature = token.rpartition(".")
    expected = _signature(key, f"signed:{purpose}", text)
    is_ours = hmac.compare_digest(signature.encode("utf-8", "replace"), expected.encode())
    return text if is_ours else None


def _signature(key: bytes, binding: str, salt: str) -> str:
    message = f"form\0{binding}\0{salt}".encode("utf-8", "replace")
    return hmac.digest(key, message, "sha256").hex()
