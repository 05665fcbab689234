"""A change is made on the version seen: merged where people changed different things."""

from typing import Any

import pytest

from blog_core.api import Collision, NotFound, TooLarge, ValidationError, transaction
from plugins.workflow import get_stage_fields, get_stage_history, get_stage_status
from plugins.workflow.own import own_stages
from plugins.workflow.refusals import NotForThisRole, StageConflict
from plugins.workflow.saving import choose_definition, restore_stage
from tests.flows.world import World
from tests.plugins.workflow.conftest import IDEA, Save


def test_a_change_on_an_old_version_overwrites_nothing_and_shows_both(
    world: World, post_id: int, save: Save
):
    save(0, idea="Bread")
    with pytest.raises(
        StageConflict, match="at version 1, but the change was made on version 0"
    ) as e:
        save(0, idea="Cake", audience="Bakers")
    assert e.value.status == 412
    assert e.value.collisions == (Collision("idea", None, "Bread", "Cake"),)
    assert e.value.theirs == {"idea": "Bread"}
    assert e.value.yours == {"idea": "Cake", "audience": "Bakers"}
    assert "Both changed: idea." in str(e.value)
    assert get_stage_fields(post_id, IDEA) == {"idea": "Bread", "audience": ""}


def test_changes_of_different_fields_go_together(world: World, post_id: int, save: Save):
    save(0, idea="Bread")
    save(1, idea="Rye bread")
    merged = save(1, idea="Bread", audience="Bakers")
    assert (merged.version, merged.merged) == (3, ("idea",))
    assert get_stage_fields(post_id, IDEA) == {"idea": "Rye bread", "audience": "Bakers"}


def test_the_same_change_twice_is_no_conflict(world: World, post_id: int, save: Save):
    save(0, idea="Bread")
    assert save(0, idea="Bread").version == 1


def test_lines_changed_apart_are_offered_together(world: World, post_id: int, save: Save):
    save(0, idea="one\ntwo\nthree\nfour\n")
    save(1, idea="ONE\ntwo\nthree\nfour\n")
    with pytest.raises(StageConflict) as refused:
        save(1, idea="one\r\ntwo\r\nthree\r\nFOUR\r\n")
    (collision,) = refused.value.collisions
    assert collision.merged == "ONE\ntwo\nthree\nFOUR\n"


def test_an_action_is_for_what_was_seen(world: World, post_id: int, save: Save):
    save(0, idea="Bread")
    save(1, idea="Cake")
    with pytest.raises(StageConflict) as refused:
        save(1, action="complete")
    assert refused.value.state == "IN_PROGRESS"
    assert refused.value.collisions == ()
    assert get_stage_status(post_id, IDEA) == "IN_PROGRESS"


def test_a_version_still_to_come_is_a_conflict(world: World, save: Save):
    with pytest.raises(StageConflict, match="at version 0"):
        save(7, idea="Bread")


def test_a_save_that_changes_nothing_is_no_entry(world: World, post_id: int, save: Save):
    save(0, idea="Bread")
    assert save(1, idea="Bread").version == 1
    assert len(get_stage_history(post_id, IDEA)) == 1


def test_a_field_is_emptied_by_nothing_or_white_space(world: World, post_id: int, save: Save):
    save(0, idea="Bread", audience="Bakers")
    save(1, idea=None, audience="  \n")
    assert get_stage_fields(post_id, IDEA) == {"idea": "", "audience": ""}


def test_every_fault_is_named_and_nothing_is_kept(world: World, post_id: int, save: Save):
    with pytest.raises(ValidationError) as refused:
        save(0, nope="x", audience="y" * 501, idea=7, action="reopen")
    found = {error.field: error for error in refused.value.errors}
    assert set(found) == {"nope", "audience", "idea", "action"}
    assert "there are: idea, audience" in found["nope"].message
    assert (found["audience"].code, found["audience"].limit) == ("too_long", 500)
    assert found["idea"].message == "found int, expected a text"
    assert "from NOT_STARTED there is only: start, complete" in found["action"].message
    assert get_stage_status(post_id, IDEA) == "NOT_STARTED"


def test_what_is_required_must_be_there_to_complete_and_stay_there(world: World, save: Save):
    with pytest.raises(ValidationError, match="What it is about: is required to complete"):
        save(0, action="complete")
    save(0, idea="Bread", action="complete")
    with pytest.raises(ValidationError, match="What it is about: is required to complete"):
        save(1, idea="")
    assert save(1, action="reopen", idea="").state == "IN_PROGRESS"


def test_what_is_too_large_is_refused_before_any_other_work(world: World, save: Save):
    with world.statements() as sent, pytest.raises(TooLarge, match="1,200,004 bytes; at most"):
        save(0, idea="é" * 600_000)
    assert not sent
    with pytest.raises(ValidationError, match="note: found 501 characters, expected at most 500"):
        save(0, note="n" * 501)


def test_whoever_may_not_edit_the_post_may_not_write_in_its_stages(
    world: World, post_id: int, save: Save
):
    with pytest.raises(NotFound, match=f"no post {post_id}"):
        save(0, idea="Bread", actor=world.account("contributor"))
    assert save(0, idea="Bread", actor=world.account("editor")).version == 1


def test_an_unknown_stage_or_post_is_answered_with_what_there_is(world: World, save: Save):
    with pytest.raises(NotFound, match=r"no stage 'writing'\. There are: planning\.idea"):
        save(0, stage_id="writing")
    with pytest.raises(NotFound, match="no post 77"):
        save(0, on=77)


def test_restoring_is_a_new_entry(world: World, post_id: int, save: Save):
    save(0, idea="Bread")
    save(1, idea="Cake", audience="Children")
    with transaction() as session:
        restored = restore_stage(session, post_id=post_id, stage_id=IDEA, version=2, to_version=1)
    assert restored.version == 3
    assert get_stage_fields(post_id, IDEA) == {"idea": "Bread", "audience": ""}
    newest = get_stage_history(post_id, IDEA)[0]
    assert (newest["kind"], newest["note"]) == ("restore", "Version 1 restored")
    with pytest.raises(ValidationError, match="found 9, expected a version from 0 to 2"):
        restore(post_id, version=3, to_version=9)
    with pytest.raises(StageConflict):
        restore(post_id, version=2, to_version=1)


def restore(post_id: int, **versions: Any) -> None:
    with transaction() as session:
        restore_stage(session, post_id=post_id, stage_id=IDEA, **versions)


def test_a_post_can_be_given_another_definition(world: World, post_id: int, save: Save):
    follow(post_id, "reviewed")
    with pytest.raises(ValidationError, match="expected one of blog, reviewed"):
        follow(post_id, "other")
    assert own_stages(world.site).standing(post_id).definition.name == "reviewed"
    follow(post_id, None)
    assert own_stages(world.site).standing(post_id).definition.name == "blog"


def follow(post_id: int, name: str | None) -> None:
    with transaction() as session:
        choose_definition(session, post_id=post_id, name=name)


def test_an_action_for_other_roles_names_them(world: World, save: Save):
    writer = world.account("contributor")
    own = world.draft(writer, "Mine")
    follow(own, "reviewed")
    review = {"on": own, "stage_id": "publishing.review", "review": "Fine", "action": "complete"}
    with pytest.raises(
        NotForThisRole, match=r"\(contributor\) may not complete .* editor or admin"
    ):
        save(0, **review, actor=writer)
    assert save(0, **review, actor=world.account("editor")).state == "COMPLETED"
