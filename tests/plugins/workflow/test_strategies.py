"""The three strategies of loading: the same results, in as many statements as they say."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blog_core.api import (
    current_site,
    transaction,
)
from plugins.workflow import load_stage_data
from plugins.workflow.loading.stage_loading import StageLoading
from plugins.workflow.loading.strategies import STRATEGIES
from plugins.workflow.own import own_stages
from plugins.workflow.saving import save_stage
from tests.plugins.workflow.checked_world import (
    PART,
    Maker,
    broken,
    checks,
    make,
    make_on,
    save,
)

__all__ = ["checks", "make", "make_on"]

WRITES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "notes": st.text("ab\n ü🍞", max_size=8),
            "count": st.integers(-5, 5),
            "sure": st.booleans(),
        },
    ),
    max_size=5,
)


@pytest.fixture
def new_post(make_on: Maker, database_url: str) -> Iterator[Callable[[], int]]:
    """`new_post()` makes a draft in a blog that keeps nothing."""
    world = make_on(database_url)
    author = world.account("author")
    with world.site.activate():
        yield lambda: world.draft(author, "A draft")


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(WRITES)
def test_the_three_strategies_give_the_same(
    new_post: Callable[[], int], writes: list[dict[str, Any]]
):
    site = current_site()
    own = own_stages(site).loading
    loads = [
        StageLoading(own.executor, own.catalogue, own.checks, own.pool, strategy, 20.0)
        for strategy in STRATEGIES
    ]
    post_id, version = new_post(), 0
    for fields in writes:
        with transaction() as session:
            version = save_stage(
                session, post_id=post_id, stage_id=PART, version=version, fields=fields
            ).version
    for stage_id in (PART, "work.plain"):
        single, *others = [load.load(site, post_id, stage_id) for load in loads]
        assert all(other == single for other in others)
        assert single["complete"] is True
        assert single["version"] == (version if stage_id == PART else 0)


def test_parts_of_different_versions_are_read_again_as_one(make: Maker):
    world = make(strategy="sequential")
    with world.site.activate():
        post_id = world.draft(world.account("author"), "A draft")
        save(post_id, 0, notes="One")
        executor = own_stages(world.site).loading.executor
        loading = broken(world, Between(executor, lambda: save(post_id, 1, notes="Two")))
        stage: dict[str, Any] = loading.load(world.site, post_id, PART)
        assert (stage["version"], stage["fields"]["notes"]) == (2, "Two")
        assert stage["history"][0]["version"] == 2


class Between:
    """An executor between two of whose statements somebody else saves."""

    def __init__(self, inner: Any, change: Callable[[], None]) -> None:
        self._inner, self._change, self.has_changed = inner, change, False

    def run(self, query: Any, params: Any = None) -> Any:
        if query.name == "workflow.stage_history" and not self.has_changed:
            self.has_changed = True
            self._change()
        return self._inner.run(query, params)


@pytest.mark.parametrize("strategy, count", [("single", 1), ("parallel", 4), ("sequential", 4)])
def test_how_many_statements_each_strategy_takes(make: Maker, strategy: str, count: int):
    world = make(strategy=strategy)
    with world.site.activate():
        post_id = world.draft(world.account("author"), "A draft")
        with world.statements() as sent:
            load_stage_data(post_id, "work.plain")
    assert len(sent) == count
