"""A stored page: its encodings and ETags, what may be kept, and which requests may meet it."""

import contextlib
import gzip

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog_core.caching.codec import Unreadable
from blog_core.caching.compose import compose, objection
from blog_core.caching.encodings import accepted_encodings
from blog_core.caching.page import Page, StoredPage
from blog_core.caching.respond import has_etag
from blog_core.caching.strangers import Strangers
from blog_core.changes import Collected

TEXT = "<p>A paragraph that is repeated.</p>\n" * 100


def stored(page: Page) -> StoredPage:
    return compose(page, route="home", url="/", cache_control="public, no-cache", compressed=True)


def test_each_representation_holds_the_same_body() -> None:
    plain, packed, smaller = (stored(Page(TEXT)).accepted(name) for name in ("", "gzip", "br"))
    assert plain.body == TEXT.encode()
    assert gzip.decompress(packed.body) == TEXT.encode()
    assert brotli.decompress(smaller.body) == TEXT.encode()
    assert len({plain.etag, packed.etag, smaller.etag}) == 3


def test_the_same_body_has_the_same_etag_and_another_type_has_another() -> None:
    first, again = stored(Page(TEXT)), stored(Page(TEXT))
    other = stored(Page(TEXT, mimetype="application/atom+xml"))
    assert first == again
    assert first.representations[-1].etag != other.representations[-1].etag


@pytest.mark.parametrize(
    "header, encoding",
    [
        ("", ""),
        ("gzip", "gzip"),
        ("br, gzip", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("*", "br"),
        ("*;q=0", ""),
        ("gzip;q=0", ""),
        ("GZIP", "gzip"),
        ("br;q=nonsense", ""),
        ("identity", ""),
    ],
)
def test_a_client_gets_the_smallest_encoding_that_it_takes(header: str, encoding: str) -> None:
    assert stored(Page(TEXT)).accepted(header).encoding == encoding


@given(st.text())
def test_any_accept_encoding_header_is_read(header: str) -> None:
    assert accepted_encodings(header) <= {"br", "gzip"}


def test_a_short_body_and_an_image_are_not_compressed() -> None:
    assert len(stored(Page("short")).representations) == 1
    assert len(stored(Page(b"\x89PNG" * 999, mimetype="image/png")).representations) == 1


def test_a_page_comes_back_from_its_bytes() -> None:
    page = stored(Page(TEXT, headers=(("X-Robots-Tag", "noindex"),)))
    assert StoredPage.decode(page.encode()) == page


@given(st.binary(), st.integers(min_value=0), st.integers(min_value=0, max_value=255))
def test_damaged_bytes_are_unreadable_or_a_page(tail: bytes, at: int, byte: int) -> None:
    data = bytearray(stored(Page("x")).encode())
    data[at % len(data)] = byte
    for candidate in (bytes(data), bytes(data) + tail, bytes(data)[: at % len(data)], tail):
        with contextlib.suppress(Unreadable):
            StoredPage.decode(candidate)


@pytest.mark.parametrize(
    "page, reason",
    [
        (Page("x"), ""),
        (Page("x", status=404), "its status is 404"),
        (Page("x", status=500), "its status is 500"),
        (Page("x", headers=(("Set-Cookie", "a=b"),)), "it sets a cookie"),
        (Page("x", headers=(("cache-control", "private, max-age=3"),)), "private"),
        (Page("x", headers=(("Cache-Control", "no-store"),)), "no-store"),
        (Page("x", headers=(("Vary", "Cookie"),)), "it varies by Cookie"),
    ],
)
def test_only_a_plain_200_for_everybody_is_kept(page: Page, reason: str) -> None:
    found = objection(page, Collected())
    assert reason in found
    assert bool(found) == bool(reason)


def test_a_reason_given_while_rendering_forbids_keeping() -> None:
    collected = Collected()
    collected.refuse("it read a session")
    assert objection(Page("x"), collected) == "it read a session"


@pytest.mark.parametrize(
    "environ, reason",
    [
        ({}, ""),
        ({"REQUEST_METHOD": "HEAD"}, ""),
        ({"REQUEST_METHOD": "POST"}, "method"),
        ({"HTTP_AUTHORIZATION": "Bearer x"}, "authorization"),
        ({"HTTP_AUTHORIZATION": ""}, "authorization"),
        ({"HTTP_COOKIE": ""}, ""),
        ({"HTTP_COOKIE": "blog_session=1"}, "cookie"),
        ({"HTTP_COOKIE": "_ga=1; theme=dark;"}, ""),
        ({"HTTP_COOKIE": "_ga_ABC=1"}, ""),
        ({"HTTP_COOKIE": "theme=dark; blog_session=1"}, "cookie"),
        ({"HTTP_COOKIE": "themes=dark"}, "cookie"),
        ({"HTTP_COOKIE": "=theme"}, "cookie"),
        ({"HTTP_COOKIE": "theme"}, ""),
        ({"HTTP_COOKIE": "x"}, "cookie"),
    ],
)
def test_a_request_with_anything_personal_passes_the_cache_by(
    environ: dict[str, str], reason: str
) -> None:
    strangers = Strangers(("theme", "_ga*"))
    assert strangers.bypass({"REQUEST_METHOD": "GET", **environ}) == reason


@pytest.mark.parametrize(
    "header, matches",
    [
        ("", False),
        ('"a"', True),
        ('W/"a"', True),
        ('"b", "a"', True),
        ("*", True),
        ('"b"', False),
        ('"aa"', False),
    ],
)
def test_an_etag_is_found_in_if_none_match(header: str, matches: bool) -> None:
    assert has_etag(header, '"a"') is matches
