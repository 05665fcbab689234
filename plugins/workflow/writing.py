"""Changing a sub-stage: conditional on the version seen, its history in the same transaction."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from blog_core.api import (
    Conflict,
    FieldError,
    NotFound,
    Post,
    ValidationError,
    current_site,
    require,
)
from plugins.workflow.definition import STATES, TRANSITIONS, Definition
from plugins.workflow.model import WorkflowHistory, WorkflowStage
from plugins.workflow.validation import field_faults, missing_fields


def change_stage(
    session: Session,
    definition: Definition,
    *,
    post_id: int,
    stage_id: str,
    version: int,
    fields: Mapping[str, str] | None = None,
    action: str | None = None,
) -> int:
    """Write fields, take an action (`start`, `complete`, `reopen`), or both; the new version.

    Raises `Conflict` when the sub-stage is no longer at `version`, and `ValidationError` with every
    fault: nothing was changed then.
    """
    require("edit-posts")
    part = definition.find(stage_id)
    if session.get(Post, post_id) is None:
        raise NotFound("post", post_id)
    row = session.execute(
        select(WorkflowStage.state, WorkflowStage.version, WorkflowStage.fields)
        .where(WorkflowStage.post_id == post_id, WorkflowStage.stage_id == stage_id)
        .with_for_update()
    ).one_or_none()
    state, current, kept = row or (STATES[0], 0, {})
    if current != version:
        raise Conflict("stage", stage_id, seen=version, current=current)
    changed = dict(fields or {})
    faults = list(field_faults(part, changed))
    new_state = _next_state(state, action, faults)
    values = {**kept, **changed}
    if action == "complete":
        faults += missing_fields(part, values)
    if faults:
        raise ValidationError(faults)
    _store(session, post_id, stage_id, version, new_state, values, changed)
    return version + 1


def _next_state(state: str, action: str | None, faults: list[FieldError]) -> str:
    if action is None:
        return "IN_PROGRESS" if state == STATES[0] else state
    found = TRANSITIONS.get((state, action))
    if found is None:
        allowed = ", ".join(known for at, known in TRANSITIONS if at == state)
        message = f"found {action!r}, but from {state} there is only: {allowed}"
        faults.append(FieldError("action", "illegal", message, allowed))
        return state
    return found


def _store(
    session: Session,
    post_id: int,
    stage_id: str,
    version: int,
    state: str,
    values: dict[str, Any],
    changed: dict[str, str],
) -> None:
    site, actor = current_site(), session.info["actor"]
    at = site.clock()
    row = {"state": state, "version": version + 1, "fields": values, "updated_at": at}
    if version == 0:
        session.execute(insert(WorkflowStage).values(post_id=post_id, stage_id=stage_id, **row))
    else:
        session.execute(
            update(WorkflowStage)
            .where(
                WorkflowStage.post_id == post_id,
                WorkflowStage.stage_id == stage_id,
                WorkflowStage.version == version,
            )
            .values(**row)
        )
    session.execute(
        insert(WorkflowHistory).values(
            post_id=post_id,
            stage_id=stage_id,
            version=version + 1,
            at=at,
            account_id=actor.account_id,
            actor=actor.name,
            state=state,
            changed=changed,
        )
    )
