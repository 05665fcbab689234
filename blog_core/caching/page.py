"""A page as its view returns it, and as it is stored: bytes, encodings and ETags computed once."""

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

import msgspec

from blog_core.caching.codec import Unreadable
from blog_core.caching.encodings import accepted_encodings, compress, gzipped

Headers = tuple[tuple[str, str], ...]
_VERSION = b"\x02"


@dataclass(frozen=True, slots=True)
class Page:
    """What a cacheable view returns: the same for every stranger, without cookie, token or time."""

    body: str | bytes = field(repr=False)
    status: int = 200
    mimetype: str = "text/html; charset=utf-8"
    headers: Headers = ()

    @property
    def body_bytes(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


@dataclass(frozen=True, slots=True)
class Representation:
    """The body in one encoding ("" is identity), and its strong ETag."""

    encoding: str
    etag: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoredPage:
    """An answer in every encoding it can be asked for.

    `headers` lacks what differs by representation (Content-Encoding, Content-Length, ETag) and by
    moment (Age). The identity representation is the last one. `url` is where it was asked for.
    """

    route: str
    url: str
    status: int
    headers: Headers
    representations: tuple[Representation, ...]

    @classmethod
    def of(
        cls, page: Page, *, route: str, url: str, headers: Headers, compressed: bool = True
    ) -> "StoredPage":
        """`page` with its complete headers, in every encoding or (not `compressed`) in none."""
        body = page.body_bytes
        bodies = compress(body, page.mimetype) if compressed else (("", body),)
        tag = blake2b(body, digest_size=12, key=page.mimetype.encode()[:64]).hexdigest()
        return cls(
            route,
            url,
            page.status,
            headers,
            tuple(Representation(name, _etag(tag, name), data) for name, data in bodies),
        )

    def accepted(self, accept_encoding: str) -> Representation:
        """The smallest representation that the client takes."""
        return self.representation(self.encoding_for(accept_encoding))

    def encoding_for(self, accept_encoding: str) -> str:
        """The name of that representation's encoding."""
        *packed, _plain = self.representations
        if not packed or not accept_encoding:
            return ""
        names = accepted_encodings(accept_encoding)
        held = (each.encoding for each in packed if each.encoding in names)
        return next(held, "gzip" if "gzip" in names else "")

    def representation(self, encoding: str) -> Representation:
        """The body in one of the encodings that `encoding_for` names. Gzip is made when asked for:
        browsers take a smaller one."""
        plain = self.representations[-1]
        for held in self.representations:
            if held.encoding == encoding:
                return held
        return Representation("gzip", _etag(plain.etag.strip('"'), "gzip"), gzipped(plain.body))

    def encode(self) -> bytes:
        """The bytes that a cache keeps."""
        sizes = tuple((r.encoding, r.etag, len(r.body)) for r in self.representations)
        head = _pack(_Head(self.route, self.url, self.status, self.headers, sizes))
        bodies = (r.body for r in self.representations)
        return b"".join((_VERSION, len(head).to_bytes(4, "big"), head, *bodies))

    @classmethod
    def decode(cls, data: bytes) -> "StoredPage":
        """What `encode` made. Raises `Unreadable` for any other bytes."""
        if data[:1] != _VERSION:
            raise Unreadable(f"a page begins with {data[:1]!r}, expected version {_VERSION!r}")
        end = 5 + int.from_bytes(data[1:5], "big")
        try:
            head = _unpack(memoryview(data)[5:end])
        except (msgspec.MsgspecError, ValueError) as error:
            raise Unreadable(f"a page cannot be read: {error}") from None
        found = []
        for encoding, etag, size in head.sizes:
            found.append(Representation(encoding, etag, data[end : end + size]))
            end += size
        if not found or end != len(data):
            raise Unreadable(f"a page has {len(data)} bytes, expected {end}")
        return cls(head.route, head.url, head.status, head.headers, tuple(found))


class _Head(msgspec.Struct, array_like=True, frozen=True):
    route: str
    url: str
    status: int
    headers: Headers
    sizes: tuple[tuple[str, str, int], ...]


_pack: Final = msgspec.msgpack.Encoder().encode
_unpack: Final = msgspec.msgpack.Decoder(_Head).decode


def _etag(tag: str, encoding: str) -> str:
    return f'"{tag}-{encoding}"' if encoding else f'"{tag}"'
