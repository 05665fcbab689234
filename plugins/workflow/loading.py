"""One sub-stage of one post, in one statement: the post, its fields, its state and its history."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BindParameter, RowMapping, and_, bindparam, select

from blog_core.api import (
    NotFound,
    Post,
    Query,
    QueryExecutor,
    Revision,
    ValidationError,
    depend,
    json_rows,
)
from plugins.workflow.definition import STATES, Definition, Part
from plugins.workflow.model import WorkflowHistory, WorkflowStage
from plugins.workflow.validation import missing_fields, validate_stage_data

HISTORY_ROWS = 50
_STAGE_ID: BindParameter[str] = bindparam("stage_id")

_history = json_rows(
    select(
        WorkflowHistory.version,
        WorkflowHistory.at,
        WorkflowHistory.actor,
        WorkflowHistory.state,
        WorkflowHistory.changed,
    )
    .where(WorkflowHistory.post_id == Post.id, WorkflowHistory.stage_id == _STAGE_ID)
    .order_by(WorkflowHistory.version.desc())
    .limit(HISTORY_ROWS)
    .correlate(Post)
).label("history")

STAGE = Query(
    "workflow.stage",
    select(
        Post.id,
        Post.title,
        Post.slug,
        Post.status,
        Post.author_id,
        Post.updated_at,
        Revision.body,
        WorkflowStage.state,
        WorkflowStage.version,
        WorkflowStage.fields,
        _history,
    )
    .select_from(Post)
    .outerjoin(Revision, Revision.id == Post.head_revision_id)
    .outerjoin(
        WorkflowStage,
        and_(WorkflowStage.post_id == Post.id, WorkflowStage.stage_id == _STAGE_ID),
    )
    .where(Post.id == bindparam("post_id")),
)


def load_stage(
    executor: QueryExecutor, definition: Definition, post_id: int, stage_id: str
) -> dict[str, object]:
    """The basic data of the post plus `fields`, `history`, `status`, `version`, `complete` and
    `errors`. Raises `NotFound` for an unknown post, `UnknownStage` with the stages that there are.
    """
    part = definition.find(stage_id)
    depend(f"post:{post_id}", f"workflow:{post_id}")
    rows = executor.run(STAGE, {"post_id": post_id, "stage_id": stage_id})
    if not rows:
        raise NotFound("post", post_id)
    return _stage(part, stage_id, rows[0])


def _stage(part: Part, stage_id: str, row: RowMapping) -> dict[str, object]:
    kept: Mapping[str, Any] = row["fields"] or {}
    fields = {field.name: kept.get(field.name, "") for field in part.fields}
    state = row["state"] or STATES[0]
    basic = {"title": row["title"], "content": row["body"] or "", "status": row["status"]}
    errors = [str(fault.message) for fault in missing_fields(part, fields)]
    try:
        validate_stage_data(basic)
    except ValidationError as error:
        errors += [f"{fault.field}: {fault.message}" for fault in error.errors]
    return {
        "id": row["id"],
        **basic,
        "post_status": row["status"],
        "slug": row["slug"],
        "author_id": row["author_id"],
        "updated_at": row["updated_at"],
        "stage": stage_id,
        "fields": fields,
        "history": list(row["history"]),
        "status": state,
        "version": row["version"] or 0,
        "complete": state == "COMPLETED",
        "errors": errors,
    }
