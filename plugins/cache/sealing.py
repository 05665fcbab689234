"""Payloads in Redis: one version byte, and a keyed digest where whoever can write there may lie."""

from hashlib import blake2b
from hmac import compare_digest

_VERSION = b"\x01"
_SIGNED = b"\x02"
_DIGEST_BYTES = 16


class Seal:
    """Seals each payload for its key. With a `secret` it signs, and refuses what is unsigned."""

    def __init__(self, secret: bytes = b"") -> None:
        self._secret = blake2b(secret, digest_size=32, person=b"blog cache").digest()
        self._signs = bool(secret)

    def close(self, key: str, payload: bytes) -> bytes:
        """The payload as it is stored under `key`."""
        if not self._signs:
            return _VERSION + payload
        return _SIGNED + self._digest(key, payload) + payload

    def open(self, key: str, sealed: object) -> bytes | None:
        """What was stored under `key`; None for anything else, whoever put it there."""
        if not isinstance(sealed, bytes):
            return None
        if not self._signs:
            return sealed[1:] if sealed[:1] == _VERSION else None
        digest, payload = sealed[1 : 1 + _DIGEST_BYTES], sealed[1 + _DIGEST_BYTES :]
        if sealed[:1] == _SIGNED and compare_digest(digest, self._digest(key, payload)):
            return payload
        return None

    def _digest(self, key: str, payload: bytes) -> bytes:
        name = key.encode("utf-8", "surrogatepass")
        hashed = blake2b(len(name).to_bytes(8, "big"), key=self._secret, digest_size=_DIGEST_BYTES)
        hashed.update(name)
        hashed.update(payload)
        return hashed.digest()
