"""The stages of a post in the REST API: read with an ETag, changed under it, merged by field."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from blog_core.api import (
    NEVER,
    Answer,
    Operation,
    Reply,
    Route,
    current_actor,
    current_site,
    transaction,
)
from plugins.workflow.change import SavedStage
from plugins.workflow.overview import Overview, PartView, stage_overview
from plugins.workflow.own import own_stages
from plugins.workflow.saving import restore_stage, save_stage

MAX_BODY_BYTES = 8 * 1024 * 1024
"""Far above what a sub-stage holds, however it is escaped: that is refused by name."""

MAX_ID = 2**63 - 1
_POST = f"/posts/<int(max={MAX_ID}):post_id>/stages"
_STAGE = f"{_POST}/<stage_id>"
_State = Literal["NOT_STARTED", "IN_PROGRESS", "COMPLETED"]


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Taken(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FieldOut(_Given):
    """A field: its value, its type, and its limits."""

    name: str
    title: str
    type: str
    value: str | int | bool | None
    limits: dict[str, Any]


class ActionOut(_Given):
    """What can be done next; `refusal` says why this token cannot do it now."""

    name: str
    to: _State
    refusal: str
    missing: list[str]


class StageOut(_Given):
    """A sub-stage. `kept` are values that the definition has no field for any more."""

    stage_id: str
    title: str
    state: _State
    version: int
    fields: list[FieldOut]
    kept: dict[str, Any]
    missing: list[str]
    actions: list[ActionOut]
    may_edit: bool
    updated_at: AwareDatetime | None
    merged: list[str] = Field(
        default=[], description="Fields that others changed since the version named in If-Match"
    )


class StageShort(_Given):
    """A sub-stage in the list."""

    stage_id: str
    title: str
    state: _State
    version: int
    missing: list[str]


class StageList(_Given):
    """Where a post stands. `missing` is what keeps it from being published."""

    post_id: int
    definition: str
    definition_version: int
    items: list[StageShort]
    missing: list[str]


class EntryOut(_Given):
    """One change: who, when, what. `changed` holds each field's value before and after."""

    version: int
    at: AwareDatetime
    account_id: int | None
    actor: str
    kind: str
    action: str | None
    state: _State
    changed: dict[str, dict[str, Any]]
    note: str


class HistoryOut(_Given):
    """The newest changes of a sub-stage, newest first."""

    items: list[EntryOut]


class StageChanges(_Taken):
    """Values by field name (null empties one), an action of the table, or both."""

    fields: dict[str, Any] = Field(default_factory=dict)
    action: str | None = None
    note: str = ""


class StageRestoring(_Taken):
    """Which version's fields to write again."""

    to_version: int = Field(ge=0, le=2**31 - 1)


def routes() -> list[Route]:
    """The operations; their rules are taken below the API's prefix."""
    stage = {200: Answer("The sub-stage as it stands now", StageOut)}
    changes: dict[str, Any] = {
        "group": "stages",
        "versioned": True,
        "once": True,
        "current": stage_as_it_is,
        "problems": {409: "A gate refuses the action; `missing` says what is needed"},
    }
    written: dict[str, Any] = {"cache": NEVER, "max_body_bytes": MAX_BODY_BYTES}
    changed = {200: Answer("The newest changes, newest first", HistoryOut)}
    listed = {200: Answer("The sub-stages in their order", StageList)}
    return [
        Route(
            "workflow_rest_stages",
            _POST,
            list_stages,
            "read-drafts",
            NEVER,
            operation=Operation("Where a post stands", listed, "stages"),
        ),
        Route(
            "workflow_rest_stage",
            _STAGE,
            read_stage,
            "read-drafts",
            NEVER,
            operation=Operation("Read a sub-stage", stage, "stages"),
        ),
        Route(
            "workflow_rest_history",
            f"{_STAGE}/history",
            read_history,
            "read-drafts",
            NEVER,
            operation=Operation("What was changed in a sub-stage", changed, "stages"),
        ),
        Route(
            "workflow_rest_change_stage",
            _STAGE,
            change_stage,
            "edit-posts",
            methods=("PATCH",),
            operation=Operation("Change a sub-stage", stage, body=StageChanges, **changes),
            **written,
        ),
        Route(
            "workflow_rest_restore_stage",
            f"{_STAGE}/restore",
            restore,
            "edit-posts",
            methods=("POST",),
            operation=Operation(
                "Write the fields of an earlier version again",
                stage,
                body=StageRestoring,
                **changes,
            ),
            **written,
        ),
    ]


def list_stages(post_id: int) -> Reply:
    """Every sub-stage of a post, with what is missing."""
    overview = stage_overview(post_id)
    definition = overview.standing.definition
    parts = [part for stage in overview.stages for part in stage.parts]
    return Reply(
        StageList(
            post_id=post_id,
            definition=definition.name,
            definition_version=definition.version,
            items=[
                StageShort(
                    stage_id=part.stage_id,
                    title=part.title,
                    state=part.state,
                    version=part.version,
                    missing=[field.title for field in part.missing],
                )
                for part in parts
            ],
            missing=[each.text for each in overview.missing],
        )
    )


def read_stage(post_id: int, stage_id: str) -> Reply:
    """One sub-stage, with its version as the ETag."""
    return _reply(stage_overview(post_id), stage_id)


def read_history(post_id: int, stage_id: str) -> Reply:
    """The newest changes of a sub-stage."""
    stage_overview(post_id).part(stage_id)
    history = own_stages(current_site()).loading.reader(post_id, stage_id).history()
    return Reply(HistoryOut(items=[EntryOut(**each) for each in history]))


def stage_as_it_is(post_id: int, stage_id: str, **_given: object) -> Reply:
    """What a change met that came too late."""
    return read_stage(post_id, stage_id)


def change_stage(post_id: int, stage_id: str, body: StageChanges, version: int | None) -> Reply:
    """Write fields, take an action, or both."""
    with transaction() as session:
        saved = save_stage(
            session,
            post_id=post_id,
            stage_id=stage_id,
            version=version,
            fields=body.fields,
            action=body.action,
            note=body.note,
        )
        return _after(post_id, stage_id, saved)


def restore(post_id: int, stage_id: str, body: StageRestoring, version: int | None) -> Reply:
    """Write the fields of an earlier version, as a new entry of the history."""
    with transaction() as session:
        if version is None:
            version = own_stages(current_site()).standing(post_id).row(stage_id).version
        saved = restore_stage(
            session,
            post_id=post_id,
            stage_id=stage_id,
            version=version,
            to_version=body.to_version,
        )
        return _after(post_id, stage_id, saved)


def _after(post_id: int, stage_id: str, saved: SavedStage) -> Reply:
    return _reply(stage_overview(post_id, actor=current_actor()), stage_id, saved.merged)


def _reply(overview: Overview, stage_id: str, merged: tuple[str, ...] = ()) -> Reply:
    part = overview.part(stage_id)
    return Reply(_stage(part, merged), version=part.version)


def _stage(part: PartView, merged: tuple[str, ...]) -> StageOut:
    return StageOut(
        stage_id=part.stage_id,
        title=part.title,
        state=part.state,
        version=part.version,
        fields=[
            FieldOut(
                name=field.name,
                title=field.definition.title,
                type=field.definition.type,
                value=field.value,
                limits=field.definition.limits,
            )
            for field in part.fields
        ],
        kept=dict(part.kept),
        missing=[field.title for field in part.missing],
        actions=[
            ActionOut(
                name=action.name,
                to=action.to,
                refusal=action.refusal,
                missing=[each.text for each in action.missing],
            )
            for action in part.actions
        ],
        may_edit=part.may_edit,
        updated_at=part.updated_at,
        merged=list(merged),
    )
