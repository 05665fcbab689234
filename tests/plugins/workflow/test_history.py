"""The history is only added to: whatever is changed behind the blog's back is found and named."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, update

from blog_core.api import transaction
from plugins.workflow.history import Entry, fields_at, verify_history
from plugins.workflow.model import WorkflowHistory, WorkflowStage
from plugins.workflow.refusals import StageConflict
from tests.flows.world import World
from tests.plugins.workflow.conftest import IDEA, Save

Tamper = Callable[[Any, int], None]


@pytest.fixture
def written(world: World, post_id: int, save: Save) -> int:
    """A post whose idea has four versions, and another sub-stage with one."""
    save(0, idea="Bread")
    world.clock.forward(minutes=5)
    save(1, idea="Rye bread — ряженка 🍞", audience="Bakers")
    save(2, action="complete")
    save(3, audience=None)
    save(0, stage_id="planning.research", facts="It rises")
    return post_id


def broken(world: World, post_id: int | None = None) -> list[str]:
    return [str(each) for each in verify_history(world.site, post_id)]


def run(*statements: Any) -> None:
    with transaction() as session:
        for statement in statements:
            session.execute(statement)


def row(post_id: int, version: int) -> Any:
    return (
        (WorkflowHistory.post_id == post_id)
        & (WorkflowHistory.stage_id == IDEA)
        & (WorkflowHistory.version == version)
    )


def test_an_untouched_history_is_whole(world: World, written: int):
    assert broken(world) == []


TAMPERED = {
    "actor": "somebody",
    "account_id": 9,
    "at": datetime(2020, 1, 1, tzinfo=UTC),
    "kind": "restore",
    "action": "start",
    "state": "NOT_STARTED",
    "changed": {},
    "note": "Nothing to see",
    "definition": "reviewed",
    "definition_version": 2,
    "revision_id": 77,
}


def test_a_changed_row_is_found_whatever_was_changed(world: World, written: int):
    with transaction() as session:
        found = session.execute(select(*WorkflowHistory.__table__.c).where(row(written, 2)))
        before = dict(found.mappings().one())
    for column, value in TAMPERED.items():
        run(update(WorkflowHistory).where(row(written, 2)).values({column: value}))
        first = f"post {written}, planning.idea, version 2: the row is not what was written"
        assert broken(world)[0] == first, column
        run(update(WorkflowHistory).where(row(written, 2)).values({column: before[column]}))
        assert broken(world) == [], column


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_removed_row_is_found(world: World, written: int, version: int):
    run(delete(WorkflowHistory).where(row(written, version)))
    assert f"version {version + 1}: the row before it is missing" in broken(world)[0]


def test_a_removed_last_row_is_found(world: World, written: int):
    run(delete(WorkflowHistory).where(row(written, 4)))
    expected = "version 3: the sub-stage is at version 4, its history ends here"
    assert broken(world) == [f"post {written}, planning.idea, {expected}"]


def test_a_row_put_in_at_the_end_is_found(world: World, written: int):
    columns = [c for c in WorkflowHistory.__table__.c if c.name not in {"id", "version"}]
    names = [c.name for c in columns]
    source = select(*columns, WorkflowHistory.version + 1).where(row(written, 4))
    run(insert(WorkflowHistory).from_select([*names, "version"], source))
    assert "version 5: the row is not what was written" in broken(world)[0]


def test_rows_that_changed_places_are_found(world: World, written: int):
    swap = [(2, 12), (3, 2), (12, 3)]
    run(*(update(WorkflowHistory).where(row(written, a)).values(version=b) for a, b in swap))
    assert len(broken(world)) >= 2


@pytest.mark.parametrize(
    "values, text",
    [
        ({"fields": {"idea": "Cake"}}, "the sub-stage is not what its history says"),
        ({"state": "IN_PROGRESS"}, "the sub-stage is not what its history says"),
        ({"version": 9}, "the sub-stage is at version 9, its history ends here"),
    ],
)
def test_a_changed_sub_stage_is_found(world: World, written: int, values: Any, text: str):
    run(update(WorkflowStage).where(WorkflowStage.stage_id == IDEA).values(values))
    assert broken(world) == [f"post {written}, planning.idea, version 4: {text}"]


def test_a_history_without_its_sub_stage_and_the_other_way_are_found(world: World, written: int):
    run(delete(WorkflowStage).where(WorkflowStage.stage_id == IDEA))
    run(delete(WorkflowHistory).where(WorkflowHistory.stage_id == "planning.research"))
    assert broken(world, written) == [
        f"post {written}, planning.idea, version 4: there is a history, but no such sub-stage",
        f"post {written}, planning.research, version 1: its history is missing",
    ]


def test_the_command_names_the_rows_and_fails(world: World, written: int):
    invoke = world.app.test_cli_runner().invoke
    whole = invoke(args=["blog", "workflow", "verify"])
    assert (whole.exit_code, whole.output) == (0, "The history is whole.\n")
    run(update(WorkflowHistory).where(row(written, 2)).values(actor="Eve"))
    found = invoke(args=["blog", "workflow", "verify", str(written)])
    assert found.exit_code == 1
    assert f"post {written}, planning.idea, version 2: the row is not" in found.output
    assert "The history is broken in 1 place(s)." in found.output


def test_the_history_is_written_with_the_change_or_not_at_all(
    world: World, post_id: int, save: Save
):
    def twice() -> None:
        with transaction():
            save(0, idea="Bread")
            save(0, idea="Cake")

    with pytest.raises(StageConflict):
        twice()
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(WorkflowHistory)) == 0
        assert session.scalar(select(func.count()).select_from(WorkflowStage)) == 0


VALUES = st.none() | st.text(max_size=3) | st.integers(-3, 3) | st.booleans()
STATES = st.dictionaries(st.sampled_from("abc"), VALUES.filter(lambda v: v is not None))


@settings(max_examples=100, deadline=None)
@given(st.lists(STATES, min_size=1, max_size=6), st.data())
def test_every_earlier_version_can_be_had_again(states: list[dict[str, Any]], data: st.DataObject):
    changes = [
        {name: {"before": a.get(name), "after": b.get(name)} for name in {*a, *b}}
        for a, b in pairwise(states)
    ]
    at = data.draw(st.integers(0, len(states) - 1))
    assert fields_at(states[-1], reversed(changes[at:])) == states[at]


def test_the_digest_of_an_entry_is_the_same_everywhere():
    entry = Entry(
        post_id=1,
        stage_id=IDEA,
        version=1,
        at=datetime(2026, 11, 24, 12, tzinfo=UTC),
        account_id=None,
        actor="Ann",
        kind="edit",
        action=None,
        state="IN_PROGRESS",
        changed={"idea": {"before": None, "after": "Bread"}},
        note="",
        definition="blog",
        definition_version=1,
        revision_id=None,
    )
    assert entry.digest("") == "d64c75e64d9b651885af69ca672b534cb60a5873eedcaaf4e97791d94529938f"
    assert entry.digest("before") != entry.digest("")
