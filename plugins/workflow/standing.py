"""Where one post stands: its basic data, its definition and its sub-stages, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import RowMapping, bindparam, select

from blog_core.api import (
    NotFound,
    Post,
    PostAuthor,
    Query,
    QueryExecutor,
    Revision,
    Subject,
    depend,
    json_rows,
    tag_slug,
)
from plugins.workflow.catalogue import Catalogue
from plugins.workflow.definition import STATES, Definition, State
from plugins.workflow.fields import is_empty
from plugins.workflow.model import WorkflowPost, WorkflowStage

STAGE_COLUMNS = (
    WorkflowStage.stage_id,
    WorkflowStage.state,
    WorkflowStage.version,
    WorkflowStage.fields,
    WorkflowStage.definition,
    WorkflowStage.definition_version,
    WorkflowStage.revision_id,
    WorkflowStage.updated_at,
    WorkflowStage.digest,
)
POST_COLUMNS = (
    Post.id,
    Post.title,
    Post.slug,
    Post.status,
    Post.version,
    Post.author_id,
    Post.publish_at,
    Post.updated_at,
    Post.head_revision_id,
    Post.published_revision_id,
    WorkflowPost.definition.label("chosen"),
    Revision.title.label("head_title"),
    Revision.tags,
)
"""What is read of a post; joined with its newest revision and `WorkflowPost`."""

STANDING = Query(
    "workflow.standing",
    select(
        *POST_COLUMNS,
        json_rows(
            select(PostAuthor.account_id)
            .where(PostAuthor.post_id == Post.id)
            .order_by(PostAuthor.position)
            .correlate(Post)
        ).label("authors"),
        json_rows(
            select(*STAGE_COLUMNS).where(WorkflowStage.post_id == Post.id).correlate(Post)
        ).label("stages"),
    )
    .select_from(Post)
    .outerjoin(Revision, Revision.id == Post.head_revision_id)
    .outerjoin(WorkflowPost, WorkflowPost.post_id == Post.id)
    .where(Post.id == bindparam("post_id")),
)


@dataclass(frozen=True, slots=True)
class StageRow:
    """A sub-stage as it is stored, for one that was never touched too."""

    stage_id: str
    state: State = STATES[0]
    version: int = 0
    fields: Mapping[str, Any] = field(default_factory=dict)
    definition: str = ""
    definition_version: int = 0
    revision_id: int | None = None
    updated_at: datetime | None = None
    digest: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """A row of JSON, whose instants are texts."""
        return cls(**{**row, "updated_at": instant_of(row["updated_at"])})


@dataclass(frozen=True, slots=True)
class Standing:
    """A post in its workflow. `author_ids` begins with the foremost author."""

    post_id: int
    title: str
    slug: str
    status: str
    version: int
    author_ids: tuple[int, ...]
    publish_at: datetime | None
    updated_at: datetime
    head_revision_id: int | None
    published_revision_id: int | None
    definition: Definition
    rows: Mapping[str, StageRow] = field(repr=False)

    def row(self, stage_id: str) -> StageRow:
        """A sub-stage; one that nobody has touched is NOT_STARTED at version 0."""
        return self.rows.get(stage_id) or StageRow(stage_id)

    @property
    def subject(self) -> Subject:
        """What permissions are asked about."""
        return Subject(
            "post",
            self.post_id,
            owners=frozenset(self.author_ids),
            is_public=self.status == "published",
        )

    def is_filled(self, path: str) -> bool:
        """Whether a field, named as in `authoring.metadata.description`, holds something."""
        stage_id, _, name = path.rpartition(".")
        return not is_empty(self.row(stage_id).fields.get(name))


def read_standing(executor: QueryExecutor, catalogue: Catalogue, post_id: int) -> Standing:
    """Where a post stands, in one statement; inside a transaction as that one sees it.

    Raises `NotFound`. It does not ask who wants to know.
    """
    depend(f"post:{post_id}", f"workflow:{post_id}")
    rows = executor.run(STANDING, {"post_id": post_id}) if type(post_id) is int else ()
    if not rows:
        raise NotFound("post", post_id)
    row = rows[0]
    stages = [StageRow.of(stage) for stage in row["stages"]]
    return Standing(
        **{name: row[name] for name in _COPIED},
        post_id=post_id,
        title=row["head_title"] or row["title"],
        author_ids=authors_of(row),
        definition=definition_of(catalogue, row),
        rows={stage.stage_id: stage for stage in stages},
    )


def authors_of(row: RowMapping) -> tuple[int, ...]:
    """The accounts of a post's authors, the foremost first."""
    every = (row["author_id"], *(author["account_id"] for author in row["authors"]))
    return tuple(dict.fromkeys(every))


def definition_of(catalogue: Catalogue, row: RowMapping) -> Definition:
    """The definition of a post read with `POST_COLUMNS`."""
    return catalogue.definition_of(row["chosen"], map(tag_slug, row["tags"] or ()))


def instant_of(text: str | None) -> datetime | None:
    """An instant that came inside JSON: each database writes it its own way."""
    if text is None:
        return None
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


_COPIED = (
    "slug",
    "status",
    "version",
    "publish_at",
    "updated_at",
    "head_revision_id",
    "published_revision_id",
)
