"""Every page and the board's statement on PostgreSQL too; the other tests run on SQLite."""

from collections.abc import Callable

import pytest

from plugins.workflow.own import own_stages
from plugins.workflow.people.review_links import invite
from plugins.workflow.saving import save_stage
from plugins.workflow.screens.board import read_board
from tests.flows.world import World
from tests.plugins.workflow.screens.conftest import approved_world, make_world
from tests.plugins.workflow.screens.test_looks import AUTHOR, at_work
from tests.plugins.workflow.screens.visiting import Visitor

__all__ = ["make_world"]

PAGES = (
    *("", "/column?stage=planning.idea", "/mine", "/calendar", "/ahead?day=2026-12-01"),
    *("/posts/1", "/posts/1/stages/planning.idea", "/posts/1/read", "/posts/1/history"),
)


@pytest.fixture
def world(make_world: Callable[..., World], postgres_url: str) -> World:
    return approved_world(make_world, postgres_url)


def test_every_page_answers_on_postgresql(world: World):
    with world.site.activate():
        at_work(world)
    for role in ("editor", "author"):
        visitor = Visitor.of(world, role)
        for page in PAGES[: None if role == "editor" else 4]:
            visitor.page(f"/workflow{page}")


def test_a_review_link_works_on_postgresql(world: World):
    with world.site.transaction(AUTHOR) as session:
        token = invite(session, post_id=1, reviewer="Dr. Rye").token
    page = world.client().get(f"/review/{token}").get_data(as_text=True)
    assert "For Dr. Rye" in page


def test_stages_that_are_no_more_are_found_between_the_others(world: World):
    catalogue = own_stages(world.site).catalogue
    with world.site.transaction(AUTHOR) as session:
        save_stage(session, post_id=1, stage_id="planning.idea", version=0, action="start")
    for stage_id in ("A", "planning_idea", "planning.ide", "planning.idea2", "zz"):
        with world.site.transaction() as session:
            session.connection().exec_driver_sql(
                f"UPDATE workflow_card SET stage_id = '{stage_id}'"
            )
        columns = read_board(world.site, catalogue, own=False, me=0)
        assert [(c.stage_id, len(c.cards)) for c in columns if c.cards] == [("?", 1)], stage_id
