"""Limits that all workers count together, one statement an attempt."""

import threading

import pytest

from blog_core.access.rate_limits import Limit, forgive, refuse, spend, take
from blog_core.errors import TooManyRequests

LIMIT = Limit("test", burst=3, refill_s=60)


def attempts(world, count, key="a"):
    waits = []
    for _ in range(count):
        with world.site.transaction() as session:
            waits.append(take(session, LIMIT, key, at=world.clock()))
    return waits


def test_a_burst_is_let_through_and_then_one_at_a_time(world):
    assert attempts(world, 5) == [0, 0, 0, 60, 60]
    world.clock.forward(seconds=61)
    assert attempts(world, 2) == [0, 59]
    world.clock.forward(hours=1)
    assert attempts(world, 4) == [0, 0, 0, 60]


def test_refused_attempts_make_nobody_wait_longer(world):
    attempts(world, 50)
    world.clock.forward(seconds=60)
    assert attempts(world, 1) == [0]


def test_each_key_has_an_allowance_of_its_own(world):
    assert attempts(world, 4)[-1] == 60
    assert attempts(world, 1, key="b") == [0]


def test_what_is_forgiven_is_whole_again(world):
    attempts(world, 4)
    with world.site.transaction() as session:
        forgive(session, LIMIT, "a")
    assert attempts(world, 3) == [0, 0, 0]


def test_eight_threads_at_once_take_no_more_than_there_is(world):
    taken, site = [], world.site

    def attempt():
        with site.transaction() as session:
            taken.append(take(session, LIMIT, "crowd", at=world.clock()))

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    with site.activate():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(taken) == [0, 0, 0, 60, 60, 60, 60, 60]


def test_the_refusal_says_how_long_to_wait():
    with pytest.raises(TooManyRequests, match=r"too many attempts\. Wait 60 seconds") as e:
        refuse("Signing in", (0, 60))
    assert (e.value.status, e.value.retry_after_s) == (429, 60)
    refuse("Signing in", (0, 0))


def test_an_attempt_counts_although_what_follows_fails(world):
    limit = Limit("trial", burst=1, refill_s=60)
    spend(world.site, limit, "me", what="Trying")
    with pytest.raises(TooManyRequests, match=r"Trying: too many attempts\. Wait 60 seconds"):
        spend(world.site, limit, "me", what="Trying")
