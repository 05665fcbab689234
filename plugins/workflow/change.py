"""One change of a sub-stage under way: what may be, what others changed, and the writing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import CursorResult, insert, select, update
from sqlalchemy.orm import Session

from blog_core.api import Actor, Collision, FieldError, Post, Refused, Site, ValidationError
from plugins.workflow.definition import Part, State
from plugins.workflow.fields import Value
from plugins.workflow.gates import refusal_at
from plugins.workflow.history import Entry, add_entry, fields_at
from plugins.workflow.merging import merge_lines
from plugins.workflow.model import WorkflowHistory, WorkflowStage
from plugins.workflow.own import own_stages
from plugins.workflow.refusals import NotForThisRole, StageConflict
from plugins.workflow.standing import StageRow, Standing


@dataclass(frozen=True, slots=True)
class SavedStage:
    """A sub-stage after a save. `merged` names fields that somebody else had changed meanwhile."""

    stage_id: str
    version: int
    state: State
    fields: Mapping[str, Value]
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageChange:
    """One change under way: the post is locked, so that no other change or publication is."""

    session: Session
    site: Site
    actor: Actor
    standing: Standing
    stage_id: str

    @classmethod
    def begin(cls, session: Session, post_id: int, stage_id: str | None) -> "StageChange":
        """Lock the post and read where it stands; the actor may edit it, else an error says so."""
        site: Site = session.info["site"]
        actor: Actor = session.info["actor"]
        stages = own_stages(site)
        if stage_id is not None:
            stages.catalogue.check_stage(stage_id)
        if type(post_id) is int:
            locked = select(Post.id).where(Post.id == post_id)
            session.execute(locked.with_for_update(key_share=True))
        standing = stages.standing(post_id)
        site.access.require(actor, "edit-posts", on=standing.subject)
        if stage_id is not None:
            standing.definition.find(stage_id)
        return cls(session, site, actor, standing, stage_id or "")

    @property
    def part(self) -> Part:
        """The sub-stage's definition."""
        return self.standing.definition.find(self.stage_id)

    @property
    def row(self) -> StageRow:
        """The sub-stage as it stands."""
        return self.standing.row(self.stage_id)

    @property
    def definitions(self) -> tuple[str, ...]:
        """The names of all definitions."""
        return tuple(own_stages(self.site).catalogue.definitions)

    def check_roles(self, actions: list[str]) -> None:
        """Refuse what the definition leaves to other roles."""
        for action in actions:
            roles = self.part.may.get(action)
            if roles is not None and self.actor.role not in {*roles, "system"}:
                raise NotForThisRole(self.actor, action, self.stage_id, roles)

    def further_faults(self, sent: Mapping[str, Any]) -> list[FieldError]:
        """What the validators of other plugins find in the sub-stage as it would be."""
        values = present({**self.row.fields, **sent})
        return own_stages(self.site).further_faults(self.stage_id, values) if sent else []

    def next_state(self, action: str | None, faults: list[FieldError], *, writes: bool) -> State:
        """Where the action leads; an illegal one is a fault that lists the legal ones."""
        state, definition = self.row.state, self.standing.definition
        if action is None:
            return definition.state_after_writing(state) if writes else state
        found = definition.table.get((state, action))
        if found is None:
            allowed = ", ".join(definition.actions(state)) or "nothing"
            message = f"found {action!r}, but from {state} there is only: {allowed}"
            faults.append(FieldError("action", "illegal", message, allowed))
            return state
        return found

    def merge(
        self, version: int, sent: dict[str, Any], action: str | None
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        """What of `sent` is really new since `version`, and the fields that others changed.

        Raises `StageConflict` for a field that both changed, and for an action: it was meant for
        what stood there.
        """
        row = self.row
        if not 0 <= version < row.version or action is not None:
            raise StageConflict(self.stage_id, row, seen=version, yours=sent)
        since = self.changes_since(version)
        base = fields_at(row.fields, (each for _, each in reversed(since)))
        mine, collisions = {}, []
        for name, yours in sent.items():
            was, theirs = base.get(name), row.fields.get(name)
            if same(yours, was) or same(yours, theirs):
                continue
            if same(theirs, was):
                mine[name] = yours
            else:
                together = _together(was, theirs, yours)
                collisions.append(Collision(name, was, theirs, yours, together))
        if collisions:
            raise StageConflict(
                self.stage_id, row, seen=version, yours=sent, collisions=tuple(collisions)
            )
        return mine, tuple(sorted({name for _, changed in since for name in changed}))

    def changes_since(self, version: int) -> list[tuple[int, Mapping[str, Any]]]:
        """What was changed after `version`, oldest first."""
        rows = self.session.execute(
            select(WorkflowHistory.version, WorkflowHistory.changed)
            .where(
                WorkflowHistory.post_id == self.standing.post_id,
                WorkflowHistory.stage_id == self.stage_id,
                WorkflowHistory.version > version,
            )
            .order_by(WorkflowHistory.version)
        )
        return [(row.version, row.changed) for row in rows]

    def check_complete(self, state: State, values: Mapping[str, Any]) -> None:
        """What is COMPLETED has its required fields, at the time and later on."""
        if state == "COMPLETED":
            missing = self.part.missing(values)
            faults = [
                FieldError(field.name, "required", f"{field.title}: is required to complete")
                for field in missing
            ]
            if faults:
                raise ValidationError(faults)

    def ask_gates(self, action: str, values: Mapping[str, Any], state: State) -> None:
        """Raise `Refused` when a gate before this action misses something."""
        row = replace(self.row, fields=values)
        standing = replace(self.standing, rows={**self.standing.rows, self.stage_id: row})
        before = f"{self.stage_id}.{action}"
        refusal = refusal_at(self.site, standing, self.actor, before)
        if refusal is not None:
            raise Refused("stage", self.stage_id, action, refusal.reason, refusal.missing)

    def store(
        self,
        state: State,
        values: Mapping[str, Any],
        changed: Mapping[str, Any],
        action: str | None,
        kind: str,
        note: str,
    ) -> SavedStage:
        """Write the sub-stage and its history entry, on condition of the version read."""
        row, definition = self.row, self.standing.definition
        moved = state != row.state
        entry = Entry(
            post_id=self.standing.post_id,
            stage_id=self.stage_id,
            version=row.version + 1,
            at=self.site.clock(),
            account_id=self.actor.account_id,
            actor=self.actor.name,
            kind=kind,
            action=action,
            state=state,
            changed=changed,
            note=" ".join(note.split()),
            definition=definition.name,
            definition_version=definition.version,
            revision_id=self.standing.head_revision_id if moved else row.revision_id,
        )
        digest = add_entry(self.session, entry, before=row.digest)
        self._write(entry, values, digest)
        for listener in own_stages(self.site).listeners if moved else ():
            listener(self.session, self.standing, self.stage_id, state)
        return SavedStage(self.stage_id, entry.version, state, values)

    def _write(self, entry: Entry, values: Mapping[str, Any], digest: str) -> None:
        columns = {
            "state": entry.state,
            "version": entry.version,
            "fields": dict(values),
            "definition": entry.definition,
            "definition_version": entry.definition_version,
            "revision_id": entry.revision_id,
            "updated_at": entry.at,
            "digest": digest,
        }
        key = {"post_id": entry.post_id, "stage_id": entry.stage_id}
        if entry.version == 1:
            self.session.execute(insert(WorkflowStage).values(**key, **columns))
            return
        moved = (
            update(WorkflowStage)
            .where(
                WorkflowStage.post_id == entry.post_id,
                WorkflowStage.stage_id == entry.stage_id,
                WorkflowStage.version == entry.version - 1,
            )
            .values(**columns)
        )
        result = self.session.execute(moved)
        if not isinstance(result, CursorResult) or result.rowcount != 1:
            raise StageConflict(self.stage_id, self.row, seen=entry.version - 1, yours=values)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What is different, by name: the value `before` and `after`."""
    names = sorted({*before, *after})
    return {
        name: {"before": before.get(name), "after": after.get(name)}
        for name in names
        if not same(before.get(name), after.get(name))
    }


def same(one: object, other: object) -> bool:
    """Whether two values are equal in type too: True is not 1."""
    return type(one) is type(other) and one == other


def present(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are there."""
    return {name: value for name, value in values.items() if value is not None}


def _together(base: object, theirs: object, yours: object) -> str | None:
    """Both changes of a text, where they stand apart."""
    if not all(isinstance(value, str | None) for value in (base, theirs, yours)):
        return None
    return merge_lines(str(base or ""), str(theirs or ""), str(yours or ""))
