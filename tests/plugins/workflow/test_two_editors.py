"""Whatever two editors do at once, no acknowledged text is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest

from bench.two_editors import Outcome, interleave
from plugins.workflow import get_stage_fields, get_stage_history
from plugins.workflow.history import verify_history
from plugins.workflow.refusals import StageConflict
from plugins.workflow.saving import save_stage
from tests.flows.world import World
from tests.plugins.workflow.conftest import IDEA


def mixed(world: World, count: int, *, is_careful: bool) -> Outcome:
    outcome, random = Outcome(), Random(count)
    author = world.account("author")
    for number in range(count):
        if number % 20 == 0:
            post_id = world.draft(author, f"Post {number}")
        interleave(world.site, post_id, random, outcome, is_careful=is_careful)
    return outcome


def test_mixed_at_random_nothing_is_lost(world: World, full_counts: bool):
    outcome = mixed(world, 10_000 if full_counts else 20, is_careful=True)
    assert outcome.lost == 0
    assert outcome.merged
    assert outcome.conflicts
    assert outcome.saves == 4 * outcome.interleavings
    assert list(verify_history(world.site)) == []


def test_without_versions_the_same_editors_lose_text(world: World):
    assert mixed(world, 20, is_careful=False).lost > 0


@pytest.mark.parametrize("is_same_field", [False, True])
def test_at_the_same_moment_both_are_kept_or_one_is_told(
    world: World, post_id: int, is_same_field: bool
):
    """Eight threads save on version 0 at once, each its own text."""
    start = threading.Barrier(8)

    def save(number: int) -> Any:
        name = "idea" if is_same_field or number % 2 else "audience"
        start.wait()
        try:
            with world.site.activate(), world.site.transaction() as session:
                fields = {name: f"Text {number}"}
                save_stage(session, post_id=post_id, stage_id=IDEA, version=0, fields=fields)
        except StageConflict:
            return None
        return name, f"Text {number}"

    with ThreadPoolExecutor(8) as threads:
        done = [saved for saved in threads.map(save, range(8)) if saved]
    expected = 1 if is_same_field else 2
    assert len(done) == expected
    fields = get_stage_fields(post_id, IDEA)
    assert {name: fields[name] for name, _ in done} == dict(done)
    assert [row["version"] for row in get_stage_history(post_id, IDEA)] == [*range(expected, 0, -1)]
