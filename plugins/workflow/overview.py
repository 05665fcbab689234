"""A post's whole workflow for whoever shows it: what is there, missing, and may be done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from blog_core.api import Actor, Site, current_site
from plugins.workflow.definition import EDIT, PUBLISH, Part, State
from plugins.workflow.fields import StageField, Value
from plugins.workflow.gates import Missing, missing_at
from plugins.workflow.own import own_stages
from plugins.workflow.standing import Standing


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field with its value. `definition.limits` holds what to tell while somebody types."""

    definition: StageField
    value: Value

    @property
    def name(self) -> str:
        return self.definition.name


@dataclass(frozen=True, slots=True)
class ActionView:
    """Something that can be done in this state; `refusal` says why it cannot by this actor now."""

    name: str
    to: State
    refusal: str = ""
    missing: tuple[Missing, ...] = ()

    @property
    def is_open(self) -> bool:
        return not self.refusal


@dataclass(frozen=True, slots=True)
class PartView:
    """A sub-stage of a post. `kept` holds values that the definition has no field for any more."""

    stage_id: str
    title: str
    help: str
    state: State
    version: int
    fields: tuple[FieldView, ...]
    kept: Mapping[str, Value]
    missing: tuple[StageField, ...]
    actions: tuple[ActionView, ...]
    may_edit: bool
    checks: tuple[str, ...]
    updated_at: datetime | None

    @property
    def values(self) -> dict[str, Value]:
        """The values by field name."""
        return {each.name: each.value for each in self.fields}


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage; it is COMPLETED with its sub-stages, and IN_PROGRESS with the first of them."""

    name: str
    title: str
    state: State
    parts: tuple[PartView, ...]


@dataclass(frozen=True, slots=True)
class KeptPart:
    """A sub-stage that was written under another definition; nothing of it is lost."""

    stage_id: str
    definition: str
    definition_version: int
    state: State
    fields: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Overview:
    """Where a post stands, for one actor. `missing` is what keeps it from being published."""

    standing: Standing = field(repr=False)
    stages: tuple[StageView, ...]
    kept: tuple[KeptPart, ...]
    missing: tuple[Missing, ...]
    may_edit: bool
    may_publish: bool

    @property
    def post_id(self) -> int:
        return self.standing.post_id

    @property
    def title(self) -> str:
        return self.standing.title

    def part(self, stage_id: str) -> PartView:
        """A sub-stage; raises `UnknownStage` with those that there are."""
        self.standing.definition.find(stage_id)
        return next(p for stage in self.stages for p in stage.parts if p.stage_id == stage_id)


def stage_overview(
    post_id: int, *, site: Site | None = None, actor: Actor | None = None
) -> Overview:
    """Where a post stands, for the actor (usually the current one). One statement, unless a gate
    asks checks.

    Raises `NotFound` for a post that there is not or that the actor may not read.
    """
    site = site or current_site()
    actor = actor or site.access.current_actor()
    standing = own_stages(site, "stage_overview()").standing(post_id)
    site.access.require(actor, "read-drafts", on=standing.subject)
    return overview_of(site, standing, actor)


def overview_of(site: Site, standing: Standing, actor: Actor) -> Overview:
    """The overview of a post that was read before and that the actor may read."""
    definition = standing.definition
    may_edit = site.access.allows(actor, "edit-posts", standing.subject)
    view = _View(site, standing, actor, may_edit=may_edit)
    stages = tuple(
        StageView(
            stage.name,
            stage.title,
            _together([standing.row(f"{stage.name}.{part.name}").state for part in stage.part]),
            tuple(view.part(f"{stage.name}.{part.name}", part) for part in stage.part),
        )
        for stage in definition.stage
    )
    return Overview(
        standing,
        stages,
        tuple(_kept(standing)),
        tuple(missing_at(site, standing, actor, PUBLISH)),
        may_edit=may_edit,
        may_publish=site.access.allows(actor, "publish-posts", standing.subject),
    )


@dataclass(frozen=True, slots=True)
class _View:
    site: Site
    standing: Standing
    actor: Actor
    may_edit: bool

    def part(self, stage_id: str, part: Part) -> PartView:
        """A sub-stage as the actor sees it."""
        row = self.standing.row(stage_id)
        values = dict(row.fields)
        return PartView(
            stage_id,
            part.title,
            part.help,
            row.state,
            row.version,
            tuple(FieldView(each, values.pop(each.name, None)) for each in part.fields),
            values,
            part.missing(row.fields),
            tuple(
                self._action(stage_id, part, action, to)
                for (state, action), to in self.standing.definition.table.items()
                if state == row.state
            ),
            may_edit=self.may_edit and self._role_may(part, EDIT),
            checks=part.checks,
            updated_at=row.updated_at,
        )

    def _action(self, stage_id: str, part: Part, action: str, to: State) -> ActionView:
        if not self.may_edit:
            return ActionView(action, to, f"{self.actor.name} may not edit this post")
        if not self._role_may(part, action):
            return ActionView(action, to, f"for {' or '.join(part.may[action])} only")
        if to == "COMPLETED":
            empty = part.missing(self.standing.row(stage_id).fields)
            if empty:
                names = ", ".join(each.title for each in empty)
                missing = tuple(
                    Missing("field", f"{each.title} is empty", stage_id, each.name)
                    for each in empty
                )
                return ActionView(action, to, f"still empty: {names}", missing)
        found = missing_at(self.site, self.standing, self.actor, f"{stage_id}.{action}")
        if found:
            return ActionView(action, to, "; ".join(each.text for each in found), tuple(found))
        return ActionView(action, to)

    def _role_may(self, part: Part, action: str) -> bool:
        roles = part.may.get(action)
        return roles is None or self.actor.role in {*roles, "system"}


def _together(states: list[Any]) -> State:
    if all(state == "COMPLETED" for state in states):
        return "COMPLETED"
    return "NOT_STARTED" if all(state == "NOT_STARTED" for state in states) else "IN_PROGRESS"


def _kept(standing: Standing) -> list[KeptPart]:
    return [
        KeptPart(stage_id, row.definition, row.definition_version, row.state, row.fields)
        for stage_id, row in sorted(standing.rows.items())
        if stage_id not in standing.definition.parts
    ]
