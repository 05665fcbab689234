"""The overview tells one actor where a post stands, what is missing, and what they may do next."""

import pytest

from blog_core.api import Actor, NotFound, transaction
from blog_core.site import SYSTEM
from plugins.workflow.definition import UnknownStage
from plugins.workflow.overview import stage_overview
from plugins.workflow.saving import choose_definition
from tests.flows.world import World
from tests.plugins.workflow.conftest import IDEA, Save

REVIEW = "publishing.review"


@pytest.fixture
def actors(world: World) -> dict[str, Actor]:
    return {role: world.account(role) for role in ("contributor", "author", "editor")}


@pytest.fixture
def post_id(world: World, actors: dict[str, Actor]) -> int:
    return world.draft(actors["contributor"], "A draft")


@pytest.fixture
def reviewed(post_id: int) -> int:
    with transaction() as session:
        choose_definition(session, post_id=post_id, name="reviewed")
    return post_id


def states(post_id: int) -> dict[str, str]:
    return {stage.name: stage.state for stage in stage_overview(post_id, actor=SYSTEM).stages}


def test_it_is_one_statement(world: World, post_id: int):
    with world.statements() as sent:
        stage_overview(post_id, actor=SYSTEM)
    assert len(sent) == 1


def test_a_stage_stands_where_its_sub_stages_stand(world: World, post_id: int, save: Save):
    assert states(post_id)["planning"] == "NOT_STARTED"
    save(0, idea="Bread", action="complete")
    assert states(post_id)["planning"] == "IN_PROGRESS"
    for name in ("research", "structure"):
        save(0, stage_id=f"planning.{name}", action="complete")
    assert states(post_id) == {
        "planning": "COMPLETED",
        "authoring": "NOT_STARTED",
        "publishing": "NOT_STARTED",
    }


def test_a_sub_stage_shows_values_limits_and_what_can_be_done(post_id: int, save: Save):
    save(0, audience="Bakers")
    part = stage_overview(post_id, actor=SYSTEM).part(IDEA)
    assert (part.state, part.version, part.values) == (
        "IN_PROGRESS",
        1,
        {"idea": None, "audience": "Bakers"},
    )
    assert [field.name for field in part.missing] == ["idea"]
    assert part.fields[1].definition.limits == {"required": False, "max_chars": 500}
    (complete,) = part.actions
    assert (complete.name, complete.to, complete.is_open) == ("complete", "COMPLETED", False)
    assert complete.refusal == "still empty: What it is about"
    assert (complete.missing[0].kind, complete.missing[0].field) == ("field", "idea")


def test_what_keeps_a_post_from_readers_leads_to_where_it_is_put_right(reviewed: int):
    overview = stage_overview(reviewed, actor=SYSTEM)
    (missing,) = overview.missing
    assert (missing.kind, missing.stage_id) == ("stage", REVIEW)
    assert missing.text == "Review (publishing.review) is NOT_STARTED, not COMPLETED"


def test_each_actor_sees_what_is_theirs(reviewed: int, actors: dict[str, Actor]):
    writer = stage_overview(reviewed, actor=actors["contributor"])
    assert (writer.may_edit, writer.may_publish) == (True, False)
    refusal = {action.name: action.refusal for action in writer.part(REVIEW).actions}
    assert refusal == {"start": "", "complete": "for editor or admin only"}
    editor = stage_overview(reviewed, actor=actors["editor"])
    assert (editor.may_edit, editor.may_publish) == (True, True)
    with pytest.raises(NotFound, match=f"no post {reviewed}"):
        stage_overview(reviewed, actor=actors["author"])


def test_an_unknown_sub_stage_is_answered_with_those_that_there_are(post_id: int):
    with pytest.raises(UnknownStage, match=r"There are: planning\.idea"):
        stage_overview(post_id, actor=SYSTEM).part("planning")
