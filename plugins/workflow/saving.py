"""Changing a sub-stage: on the version seen, merged where it can be, its history with it."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from blog_core.api import FieldError, ValidationError
from plugins.workflow.change import SavedStage, StageChange, changes, present
from plugins.workflow.definition import EDIT
from plugins.workflow.fields import cleaned, field_faults
from plugins.workflow.history import fields_at
from plugins.workflow.model import WorkflowPost
from plugins.workflow.refusals import StageConflict
from plugins.workflow.validation import refuse_oversized

MAX_STAGE_BYTES = 1_000_000
MAX_NOTE_CHARS = 500


def save_stage(
    session: Session,
    *,
    post_id: int,
    stage_id: str,
    version: int | None,
    fields: Mapping[str, object] | None = None,
    action: str | None = None,
    note: str = "",
) -> SavedStage:
    """Write fields, take an action of the table (`start`, `complete`, `reopen`), or both.

    `version` is the one that the editor saw, None for whatever is there. `fields` may be all of the
    form's or the changed ones; a value of None empties one. What others changed since in other
    fields stays; the same field changed twice is a `StageConflict` with both values.
    `ValidationError` names every fault, `Refused` what a gate misses, `NotForThisRole` who may;
    further `UnknownStage`, `NotFound`, `Forbidden` and `TooLarge`. Nothing was changed then.
    """
    _check_size(stage_id, fields or {}, note)
    sent = {name: cleaned(value) for name, value in (fields or {}).items()}
    change = StageChange.begin(session, post_id, stage_id)
    change.check_roles([*([EDIT] if sent else []), *([action] if action else [])])
    row, part = change.row, change.part
    faults = list(field_faults(part.by_name, sent))
    faults += change.further_faults(sent)
    state = change.next_state(action, faults, writes=bool(sent))
    if faults:
        raise ValidationError(faults)
    if version is not None and version != row.version:
        mine, merged = change.merge(version, sent, action)
    else:
        mine, merged = sent, ()
    values = present({**row.fields, **mine})
    changed = changes(row.fields, values)
    if not changed and action is None:
        return SavedStage(stage_id, row.version, row.state, values, merged)
    change.check_complete(state, values)
    if action is not None:
        change.ask_gates(action, values, state)
    return replace(change.store(state, values, changed, action, "edit", note), merged=merged)


def restore_stage(
    session: Session, *, post_id: int, stage_id: str, version: int, to_version: int
) -> SavedStage:
    """Give a sub-stage the fields that it had at `to_version`, as a new entry of its history.

    The state stays. Fields that the definition does not have any more come back too. Raises as
    `save_stage`, and `ValidationError` for a version that never was.
    """
    change = StageChange.begin(session, post_id, stage_id)
    change.check_roles([EDIT])
    row = change.row
    if version != row.version:
        raise StageConflict(stage_id, row, seen=version, yours={})
    if type(to_version) is not int or not 0 <= to_version < max(row.version, 1):
        message = f"found {to_version!r}, expected a version from 0 to {row.version - 1}"
        raise ValidationError([FieldError("to_version", "unknown", message, row.version - 1)])
    later = reversed(change.changes_since(to_version))
    values = fields_at(row.fields, (each for _, each in later))
    changed = changes(row.fields, values)
    if not changed:
        return SavedStage(stage_id, row.version, row.state, values)
    change.check_complete(row.state, values)
    note = f"Version {to_version} restored"
    return change.store(row.state, values, changed, None, "restore", note)


def choose_definition(session: Session, *, post_id: int, name: str | None) -> None:
    """Let a post follow the definition `name` from now on; None: what the settings say.

    What was written under another definition stays, and is shown as kept where the new one has no
    place for it. Raises `ValidationError` with the names that there are.
    """
    change = StageChange.begin(session, post_id, None)
    known = change.definitions
    if name is not None and name not in known:
        expected = ", ".join(known)
        message = f"found {name!r}, expected one of {expected}"
        raise ValidationError([FieldError("definition", "unknown", message, expected)])
    found = session.get(WorkflowPost, post_id)
    if name is None:
        if found is not None:
            session.delete(found)
    elif found is None:
        session.add(WorkflowPost(post_id=post_id, definition=name))
    else:
        found.definition = name
    session.flush()


def _check_size(stage_id: str, sent: Mapping[str, object], note: str) -> None:
    """Refuse what is too large before any other work."""
    refuse_oversized(f"What was sent for stage {stage_id!r}", sent, MAX_STAGE_BYTES)
    if len(note) > MAX_NOTE_CHARS:
        message = f"found {len(note):,} characters, expected at most {MAX_NOTE_CHARS}"
        raise ValidationError([FieldError("note", "too_long", message, MAX_NOTE_CHARS)])
