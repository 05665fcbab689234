"""Collecting what a piece of output depends on."""

from contextlib import nullcontext, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from blog_core.changes import collecting, depend, expire_at, uncacheable

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_tags_named_in_the_block_are_collected():
    with collecting() as collected:
        depend("post:1", "posts")
        depend("posts")
    assert collected.cache_tags == {"post:1", "posts"}
    assert collected.is_cacheable


def test_outside_of_any_collector_nothing_happens():
    depend("post:1")
    expire_at(NOW)
    uncacheable("nobody listens")


def test_a_tag_that_is_no_text_is_refused_whether_somebody_collects_or_not():
    wrong: Any = 7
    for collector in (collecting, nullcontext):
        with collector(), pytest.raises(TypeError, match="7 of type int was given as a cache tag"):
            depend("posts", wrong)


def test_a_tag_is_kept_in_printable_characters():
    with collecting() as collected:
        depend("\ud800", "a\nb", "é")
    assert collected.cache_tags == {"\\ud800", "a\\nb", "é"}


def test_the_outer_output_depends_on_its_pieces():
    with collecting() as page:
        depend("posts")
        with collecting() as fragment:
            depend("tag:1")
            uncacheable("a draft was read")
            expire_at(NOW)
    assert fragment.cache_tags == {"tag:1"}
    assert page.cache_tags == {"posts", "tag:1"}
    assert page.reasons == ["a draft was read"]
    assert page.not_after == NOW


def test_a_failed_piece_is_inherited_too():
    with collecting() as page, suppress(ZeroDivisionError), collecting():
        depend("tag:1")
        raise ZeroDivisionError
    assert page.cache_tags == {"tag:1"}


def test_the_earliest_end_counts_and_bounds_the_lifetime():
    with collecting() as collected:
        expire_at(NOW + timedelta(seconds=90))
        expire_at(NOW + timedelta(seconds=30))
        expire_at(NOW + timedelta(seconds=60))
    assert collected.ttl_s(300, NOW) == 30
    assert collected.ttl_s(10, NOW) == 10
    assert collected.ttl_s(300, NOW + timedelta(minutes=5)) == 0
