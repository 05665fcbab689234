"""What the database holds of a sub-stage: all in one statement, or each part by its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import BindParameter, RowMapping, and_, bindparam, select

from blog_core.api import NotFound, Post, Query, QueryExecutor, Revision, json_rows
from plugins.workflow.definition import STATES
from plugins.workflow.model import WorkflowHistory, WorkflowPost, WorkflowStage
from plugins.workflow.standing import POST_COLUMNS, instant_of

HISTORY_ROWS = 50
"""The newest rows of the history that a stage is loaded with."""

_STAGE_ID: BindParameter[str] = bindparam("stage_id")
_POST_ID: BindParameter[int] = bindparam("post_id")
_IS_STAGE = and_(WorkflowStage.post_id == _POST_ID, WorkflowStage.stage_id == _STAGE_ID)
_HISTORY_COLUMNS = (
    WorkflowHistory.version,
    WorkflowHistory.at,
    WorkflowHistory.account_id,
    WorkflowHistory.actor,
    WorkflowHistory.kind,
    WorkflowHistory.action,
    WorkflowHistory.state,
    WorkflowHistory.changed,
    WorkflowHistory.note,
)
_history = (
    select(*_HISTORY_COLUMNS)
    .where(WorkflowHistory.stage_id == _STAGE_ID)
    .order_by(WorkflowHistory.version.desc())
    .limit(HISTORY_ROWS)
)
_BASIC_COLUMNS = (*POST_COLUMNS, Revision.body)
_STATUS_COLUMNS = (
    WorkflowStage.state,
    WorkflowStage.version.label("stage_version"),
    WorkflowStage.definition_version,
    WorkflowStage.updated_at.label("stage_updated_at"),
)

SINGLE = Query(
    "workflow.stage",
    select(
        *_BASIC_COLUMNS,
        *_STATUS_COLUMNS,
        WorkflowStage.fields,
        json_rows(_history.where(WorkflowHistory.post_id == Post.id).correlate(Post)).label(
            "history"
        ),
    )
    .select_from(Post)
    .outerjoin(Revision, Revision.id == Post.head_revision_id)
    .outerjoin(WorkflowPost, WorkflowPost.post_id == Post.id)
    .outerjoin(WorkflowStage, _IS_STAGE)
    .where(Post.id == _POST_ID),
)
BASIC = Query(
    "workflow.stage_basic",
    select(*_BASIC_COLUMNS)
    .select_from(Post)
    .outerjoin(Revision, Revision.id == Post.head_revision_id)
    .outerjoin(WorkflowPost, WorkflowPost.post_id == Post.id)
    .where(Post.id == _POST_ID),
)
FIELDS = Query(
    "workflow.stage_fields",
    select(WorkflowStage.fields, WorkflowStage.version.label("stage_version")).where(_IS_STAGE),
)
STATUS = Query("workflow.stage_status", select(*_STATUS_COLUMNS).where(_IS_STAGE))
HISTORY = Query("workflow.stage_history", _history.where(WorkflowHistory.post_id == _POST_ID))


@dataclass(frozen=True, slots=True)
class Status:
    """Where a sub-stage stands. `definition_version` is the one it was last written under."""

    state: str = STATES[0]
    version: int = 0
    definition_version: int | None = None
    updated_at: Any = None


@dataclass(frozen=True, slots=True)
class Fields:
    """The values of a sub-stage at a version."""

    values: Mapping[str, Any]
    version: int = 0


History = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a sub-stage. Only the basic data is never missing."""

    basic: RowMapping
    fields: Fields | None
    history: History | None
    status: Status | None

    @property
    def is_torn(self) -> bool:
        """Whether parts that were read one by one saw different versions."""
        seen = {part.version for part in (self.fields, self.status) if part is not None}
        if self.history is not None:
            seen.add(self.history[0]["version"] if self.history else 0)
        return len(seen) > 1


class PartReader:
    """Reads a sub-stage of a post. Takes plain values, in whichever thread."""

    def __init__(self, executor: QueryExecutor, post_id: int, stage_id: str) -> None:
        self._executor, self._post_id, self._stage_id = executor, post_id, stage_id

    def single(self) -> Parts:
        """Everything at once. Raises `NotFound` for an unknown post."""
        row = self._basic_row(SINGLE)
        history = [{**each, "at": instant_of(each["at"])} for each in row["history"]]
        return Parts(row, _fields_of(row), history, _status_of(row))

    def basic(self) -> RowMapping:
        """The post. Raises `NotFound`."""
        return self._basic_row(BASIC)

    def fields(self) -> Fields:
        """The values written down."""
        rows = self._rows(FIELDS)
        return _fields_of(rows[0]) if rows else Fields({})

    def status(self) -> Status:
        """State and version."""
        rows = self._rows(STATUS)
        return _status_of(rows[0]) if rows else Status()

    def history(self) -> History:
        """The newest changes, newest first."""
        return [dict(row) for row in self._rows(HISTORY)]

    def _basic_row(self, query: Query) -> RowMapping:
        rows = self._rows(query)
        if not rows:
            raise NotFound("post", self._post_id)
        return rows[0]

    def _rows(self, query: Query) -> Sequence[RowMapping]:
        params: dict[str, object] = {"post_id": self._post_id}
        if query is not BASIC:
            params["stage_id"] = self._stage_id
        return self._executor.run(query, params)


def _fields_of(row: RowMapping) -> Fields:
    return Fields(row["fields"] or {}, row["stage_version"] or 0)


def _status_of(row: RowMapping) -> Status:
    return Status(
        cast("str", row["state"] or STATES[0]),
        row["stage_version"] or 0,
        row["definition_version"],
        row["stage_updated_at"],
    )
