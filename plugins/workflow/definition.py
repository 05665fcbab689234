"""What a workflow is: stages, sub-stages, fields, transitions as a table, and gates. Frozen."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Literal

from pydantic import Field

from blog_core.api import NotFound
from plugins.workflow.fields import Frozen, Name, StageField, Title, is_empty

State = Literal["NOT_STARTED", "IN_PROGRESS", "COMPLETED"]
STATES: tuple[State, ...] = ("NOT_STARTED", "IN_PROGRESS", "COMPLETED")
Role = Literal["contributor", "author", "editor", "admin"]
EDIT = "edit"
"""Writing fields, beside the actions of the table."""
PUBLISH = "publish"
"""The transition of the post itself; scheduling is publishing from a later instant on."""


class Transition(Frozen):
    """A row of the table: `action` leads from one state to another."""

    from_: State = Field(alias="from")
    action: Name
    to: State


USUAL_TRANSITIONS = (
    Transition(from_="NOT_STARTED", action="start", to="IN_PROGRESS"),
    Transition(from_="NOT_STARTED", action="complete", to="COMPLETED"),
    Transition(from_="IN_PROGRESS", action="complete", to="COMPLETED"),
    Transition(from_="COMPLETED", action="reopen", to="IN_PROGRESS"),
)
"""The table of a definition without one."""


class Part(Frozen):
    """A sub-stage: what is written down there, what is checked, and who may do what.

    `may` names roles by action (`edit`, `complete`, ...); an action that it does not name is for
    everybody who may edit the post.
    """

    name: Name
    title: Title
    help: str = Field("", max_length=1_000)
    fields: tuple[StageField, ...] = ()
    checks: tuple[Name, ...] = ()
    may: dict[Name, tuple[Role, ...]] = Field(default_factory=dict)

    @cached_property
    def by_name(self) -> dict[str, StageField]:
        """The fields by their names."""
        return {field.name: field for field in self.fields}

    def missing(self, values: Mapping[str, object]) -> tuple[StageField, ...]:
        """Required fields that are empty."""
        return tuple(f for f in self.fields if f.required and is_empty(values.get(f.name)))


class Stage(Frozen):
    """A stage with its sub-stages."""

    name: Name
    title: Title
    part: tuple[Part, ...] = Field(min_length=1)


class Approvals(Frozen):
    """How many people have to approve, of which roles; one's own work only if it says so.

    With `lapse` an approval ends when the text that was approved changes. At most `guests` of them
    are reviewers without an account.
    """

    count: int = Field(1, ge=1, le=20, strict=True)
    roles: tuple[Role, ...] = ("editor", "admin")
    guests: int = Field(1, ge=0, le=20, strict=True)
    own_work: bool = False
    lapse: bool = True


class Gate(Frozen):
    """What has to be there `before` something: the post's `publish`, or a sub-stage's action as in
    `publishing.launch.complete`.

    `needs` are sub-stages that must be COMPLETED (with `fresh`: on the text as it stands now),
    `filled` fields that must be filled, `passes` checks that must find nothing.
    """

    before: str = PUBLISH
    needs: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    passes: tuple[Name, ...] = ()
    fresh: bool = False
    roles: tuple[Role, ...] = ()
    approvals: Approvals | None = None
    why: str = Field("", max_length=300)


class Definition(Frozen):
    """A workflow. `stage_id` everywhere is a dotted name: `authoring.draft`."""

    name: Name
    title: Title = "From idea to published"
    version: int = Field(ge=1, strict=True)
    transition: tuple[Transition, ...] = USUAL_TRANSITIONS
    stage: tuple[Stage, ...] = Field(min_length=1)
    gate: tuple[Gate, ...] = ()

    @cached_property
    def parts(self) -> dict[str, Part]:
        """The sub-stages by their dotted names, in order."""
        return {f"{stage.name}.{part.name}": part for stage in self.stage for part in stage.part}

    @cached_property
    def table(self) -> dict[tuple[str, str], State]:
        """(state, action) to state."""
        return {(row.from_, row.action): row.to for row in self.transition}

    def find(self, stage_id: str) -> Part:
        """A sub-stage; `UnknownStage` names those that there are."""
        try:
            return self.parts[stage_id]
        except (KeyError, TypeError):
            raise UnknownStage(stage_id, self.parts) from None

    def actions(self, state: str) -> tuple[str, ...]:
        """What can be done in a state."""
        return tuple(action for at, action in self.table if at == state)

    def gates(self, before: str) -> Iterator[Gate]:
        """The gates before a transition: `publish`, or `publishing.launch.complete`."""
        return (gate for gate in self.gate if gate.before == before)

    def state_after_writing(self, state: State) -> State:
        """Where a first text takes a sub-stage: `start`, if the table has it."""
        if state != STATES[0]:
            return state
        return self.table.get((state, "start"), state)


class UnknownStage(NotFound):
    """There is no such stage; the message lists the others."""

    def __init__(self, stage_id: object, known: Iterable[str]) -> None:
        super().__init__("stage", stage_id, tuple(known))
