"""Only so many threads wait for pages that others build."""

from contextlib import ExitStack

import pytest

from blog_core.caching.crowd import Crowd
from blog_core.errors import Unavailable


def test_a_request_too_many_is_told_to_come_back() -> None:
    crowd = Crowd(places=2)
    with ExitStack() as present:
        for _ in range(3):
            present.enter_context(crowd.joined("page:a"))
        with pytest.raises(Unavailable, match="2 requests wait for it already") as refused:
            present.enter_context(crowd.joined("page:a"))
        assert refused.value.status == 503
        assert refused.value.retry_after_s == 1


def test_a_page_that_nobody_builds_is_always_built() -> None:
    crowd = Crowd(places=1)
    with ExitStack() as present:
        for key in ("page:a", "page:a", "page:b", "page:c"):
            present.enter_context(crowd.joined(key))


def test_places_are_free_again_afterwards_also_after_an_error() -> None:
    crowd = Crowd(places=1)
    for _ in range(10):
        with pytest.raises(KeyError), crowd.joined("page:a"), crowd.joined("page:a"):
            raise KeyError
    with crowd.joined("page:a"), crowd.joined("page:a"):
        pass
