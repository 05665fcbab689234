"""The board shows where posts stand, in the same statements for any number, and moves them."""

import pytest

from blog_core.content.posts import set_authors
from blog_core.ports import Actor
from plugins.workflow.own import own_stages
from plugins.workflow.saving import save_stage
from plugins.workflow.screens.board import CARDS, read_board
from plugins.workflow.screens.placing import move
from tests.flows.world import World
from tests.plugins.workflow.screens.visiting import Visitor

AUTHOR, EDITOR = Actor(1, "Author", "author"), Actor(2, "Editor", "editor")
IDEA, RESEARCH = "planning.idea", "planning.research"


@pytest.fixture
def editor(world: World) -> Visitor:
    return Visitor.of(world, "editor")


def standing(world: World, actor: Actor | None = None) -> dict[str, list[int]]:
    """The posts of each column that has any."""
    me = actor.account_id if actor else 0
    columns = read_board(
        world.site, own_stages(world.site).catalogue, own=actor is not None, me=me or 0
    )
    return {c.stage_id: [card.post_id for card in c.cards] for c in columns if c.cards}


def put(world: World, post_id: int, stage_id: str) -> None:
    with world.site.transaction(EDITOR) as session:
        move(session, post_id=post_id, stage_id=stage_id)


def test_a_draft_is_new_until_somebody_puts_it_somewhere(world: World, editor: Visitor):
    assert standing(world) == {"": [1]}
    answer = editor.send("/workflow/move", post_id=1, stage_id=RESEARCH, seen_in="")
    assert answer.status_code == 303
    assert standing(world) == {RESEARCH: [1]}
    assert "Bread and time" in editor.page("/workflow")


def test_the_form_without_scripts_moves_a_card_wherever_it_stands(world: World, editor: Visitor):
    put(world, 1, IDEA)
    assert editor.send("/workflow/move", post_id=1, stage_id=RESEARCH).status_code == 303
    assert standing(world) == {RESEARCH: [1]}


def test_a_card_that_somebody_moved_meanwhile_is_not_moved_unseen(world: World, editor: Visitor):
    put(world, 1, IDEA)
    answer = editor.send_by_script("/workflow/move", post_id=1, stage_id=RESEARCH, seen_in="")
    assert answer.status_code == 412
    assert answer.json["message"] == (
        "“Bread and time” stands in planning.idea by now: Editor moved it meanwhile. "
        "Look at the board again, and move it from there."
    )
    assert standing(world) == {IDEA: [1]}


@pytest.mark.parametrize(
    "form, status, told",
    [
        ({"stage_id": IDEA}, 422, "choose a card first"),
        ({"post_id": "1", "stage_id": "nowhere"}, 404, "There are: planning.idea"),
        ({"post_id": "99", "stage_id": IDEA}, 404, "no post 99"),
        ({"post_id": "x", "stage_id": IDEA}, 422, "expected a whole number"),
    ],
)
def test_what_cannot_be_moved_is_told_on_the_board(
    editor: Visitor, form: dict[str, str], status: int, told: str
):
    answer = editor.send("/workflow/move", **form)
    assert (answer.status_code, told in answer.get_data(as_text=True)) == (status, True)


def test_cards_go_on_by_themselves_when_work_is_done(world: World):
    with world.site.transaction(AUTHOR) as session:
        save_stage(session, post_id=1, stage_id=IDEA, version=0, fields={"idea": "Bread"})
    assert standing(world) == {IDEA: [1]}
    with world.site.transaction(AUTHOR) as session:
        save_stage(session, post_id=1, stage_id=RESEARCH, version=0, action="complete")
        save_stage(session, post_id=1, stage_id=IDEA, version=1, action="complete")
    assert standing(world) == {"planning.structure": [1]}


def test_whoever_reads_only_their_own_posts_sees_only_those(world: World):
    others = world.draft(EDITOR, "The editor's")
    put(world, others, IDEA)
    put(world, 1, RESEARCH)
    unplaced = world.draft(AUTHOR, "A new one")
    assert standing(world, AUTHOR) == {RESEARCH: [1], "": [unplaced]}
    page = Visitor.of(world, "author").page("/workflow")
    assert "The editor&#39;s" not in page
    assert "Bread and time" in page


def test_a_card_goes_with_its_post_to_another_author(world: World):
    put(world, 1, IDEA)
    with world.site.transaction(EDITOR) as session:
        set_authors(session, post_id=1, version=None, author_ids=[2])
    assert standing(world, AUTHOR) == {}
    assert standing(world, EDITOR) == {IDEA: [1]}


def test_what_stands_in_a_stage_that_is_no_more_is_not_lost(world: World):
    put(world, 1, IDEA)
    with world.site.transaction() as session:
        session.connection().exec_driver_sql(
            "UPDATE workflow_card SET stage_id = 'planning.ideas_of_old'"
        )
    assert standing(world) == {"?": [1]}


def test_the_board_takes_the_same_statements_for_any_number_of_posts(world: World, editor: Visitor):
    with world.statements() as few:
        editor.page("/workflow")
    for number in range(3 * CARDS):
        put(world, world.draft(EDITOR, f"Post {number}"), (IDEA, RESEARCH)[number % 2])
    with world.statements() as many:
        page = editor.page("/workflow")
    assert len(few) == len(many) == 2
    assert page.count("wf-card") == 2 * CARDS + 1
    assert f"{CARDS}+" in page


def test_a_column_is_read_on_page_by_page(world: World, editor: Visitor):
    for number in range(55):
        world.clock.forward(seconds=1)
        put(world, world.draft(EDITOR, f"Post {number}"), IDEA)
    first = editor.page(f"/workflow/column?stage={IDEA}")
    assert "Post 54<" in first
    assert "Post 4<" not in first
    link = first.split('href="/admin/workflow/column?')[-1].split('"')[0].replace("&amp;", "&")
    second = editor.page(f"/workflow/column?{link}")
    assert [f"Post {number}<" in second for number in (5, 4, 0)] == [False, True, True]
    assert "There are: planning.idea" in editor.page("/workflow/column?stage=nowhere", status=404)
