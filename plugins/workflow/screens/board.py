"""The board's one statement: the first cards of each column, however many posts are in progress.

Each column is a range of an index, so 10,000 posts cost what 100 do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    RowMapping,
    Select,
    and_,
    bindparam,
    func,
    literal,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from blog_core.api import Account, Cursor, Post, Query, Revision, Site, UtcDateTime, big_id
from plugins.workflow.catalogue import Catalogue
from plugins.workflow.model import WorkflowStage
from plugins.workflow.people.model import WorkflowAssignment
from plugins.workflow.screens.model import WorkflowCard
from plugins.workflow.screens.placing import NEW

CARDS = 20
"""Cards shown of each column; one more is read, to know that it goes on."""

NEWEST_DRAFTS = 100
"""Drafts among which those are looked for that stand nowhere yet."""

LEFT = "?"
"""Stands for the places that no definition has any more."""

_any_stage = aliased(WorkflowStage)
_ME: BindParameter[int] = bindparam("me")
_LIMIT: BindParameter[int] = bindparam("limit")


@dataclass(frozen=True, slots=True)
class Card:
    """A post on the board."""

    post_id: int
    stage_id: str
    title: str
    state: str
    status: str
    done: int
    assignee: str
    due_on: date | None
    is_late: bool
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class Column:
    """A sub-stage on the board; `goes_on` says that there are more cards."""

    stage_id: str
    stage_title: str
    title: str
    cards: tuple[Card, ...]
    goes_on: bool


def read_board(site: Site, catalogue: Catalogue, *, own: bool, me: int) -> tuple[Column, ...]:
    """Every column with its first cards. `own`: only the posts of account `me`. One statement."""
    query = board_query(catalogue.stage_ids, own=own)
    rows = site.read(query, {"me": me, "limit": CARDS + 1, "drafts": NEWEST_DRAFTS})
    cards = _cards(rows, site.clock().date())
    return tuple(_columns(catalogue, cards))


def read_column(
    site: Site, stage_id: str, place: Cursor, *, own: bool, me: int,
    limit: int,
) -> Sequence[Card]:  # fmt: skip
    """The cards of one sub-stage, last moved first, from a place on. One statement."""
    params = {"me": me, "stage_id": stage_id, "at": place.at, "id": place.id, "limit": limit}
    return _cards(site.read(_COLUMN[own], params), site.clock().date())


@lru_cache(maxsize=32)
def board_query(stage_ids: tuple[str, ...], *, own: bool) -> Query:
    """The statement of a board with these sub-stages."""
    parts = [_first_cards(WorkflowCard.stage_id == literal(id_), own) for id_ in stage_ids]
    parts += [_first_cards(gap, own) for gap in _gaps(sorted(stage_ids))]
    return Query("workflow.own_board" if own else "workflow.board", _dressed([*parts, _new(own)]))


def _first_cards(place: ColumnElement[bool], own: bool) -> Select[Any]:
    cards = select(WorkflowCard.post_id, WorkflowCard.stage_id, WorkflowCard.moved_at).where(place)
    if own:
        cards = cards.where(WorkflowCard.author_id == _ME)
    order = WorkflowCard.stage_id, WorkflowCard.moved_at.desc(), WorkflowCard.post_id.desc()
    return select(cards.order_by(*order).limit(_LIMIT).subquery())


def _gaps(stage_ids: Sequence[str]) -> Iterable[ColumnElement[bool]]:
    """Everything that is not one of the ids, as ranges of the index: what a changed definition
    left behind."""
    yield WorkflowCard.stage_id < literal(stage_ids[0])
    for one, following in pairwise(stage_ids):
        yield and_(WorkflowCard.stage_id > literal(one), WorkflowCard.stage_id < literal(following))
    yield WorkflowCard.stage_id > literal(stage_ids[-1])


def _new(own: bool) -> Select[Any]:
    """The newest drafts that stand nowhere yet."""
    newest = select(Post.id, Post.status, Post.updated_at)
    newest = newest.where(Post.author_id == _ME if own else Post.status == "draft")
    drafts = (
        newest.order_by(Post.updated_at.desc(), Post.id.desc())
        .limit(bindparam("drafts"))
        .subquery()
    )
    fresh = (
        select(
            drafts.c.id.label("post_id"),
            literal(NEW).label("stage_id"),
            drafts.c.updated_at.label("moved_at"),
        )
        .outerjoin(WorkflowCard, WorkflowCard.post_id == drafts.c.id)
        .where(WorkflowCard.post_id.is_(None), drafts.c.status == "draft")
        .order_by(drafts.c.updated_at.desc(), drafts.c.id.desc())
        .limit(_LIMIT)
    )
    return select(fresh.subquery())


def _dressed(parts: Sequence[Select[Any]]) -> Select[Any]:
    """Cards with what stands on them."""
    cards = union_all(*parts).subquery("cards")
    done = (
        select(func.count())
        .where(_any_stage.post_id == cards.c.post_id, _any_stage.state == "COMPLETED")
        .correlate(cards)
        .scalar_subquery()
    )
    return (
        select(
            cards.c.post_id,
            cards.c.stage_id,
            cards.c.moved_at,
            Post.status,
            func.coalesce(Revision.title, Post.title).label("title"),
            WorkflowStage.state,
            WorkflowAssignment.due_on,
            Account.name.label("assignee"),
            done.label("done"),
        )
        .join(Post, Post.id == cards.c.post_id)
        .outerjoin(Revision, Revision.id == Post.head_revision_id)
        .outerjoin(
            WorkflowStage,
            and_(
                WorkflowStage.post_id == cards.c.post_id, WorkflowStage.stage_id == cards.c.stage_id
            ),
        )
        .outerjoin(
            WorkflowAssignment,
            and_(
                WorkflowAssignment.post_id == cards.c.post_id,
                WorkflowAssignment.stage_id == cards.c.stage_id,
            ),
        )
        .outerjoin(Account, Account.id == WorkflowAssignment.account_id)
    )


def _column_query(*, own: bool) -> Query:
    at, id_ = bindparam("at", type_=UtcDateTime()), bindparam("id", type_=big_id)
    place = and_(
        WorkflowCard.stage_id == bindparam("stage_id"),
        tuple_(WorkflowCard.moved_at, WorkflowCard.post_id) < tuple_(at, id_),
    )
    name = "workflow.own_column" if own else "workflow.column"
    return Query(name, _dressed([_first_cards(place, own)]))


_COLUMN = {own: _column_query(own=own) for own in (False, True)}


def _cards(rows: Sequence[RowMapping], today: date) -> list[Card]:
    cards = [_card(row, today) for row in rows]
    return sorted(cards, key=lambda card: (card.moved_at, card.post_id), reverse=True)


def _card(row: RowMapping, today: date) -> Card:
    due_on = row["due_on"]
    return Card(
        post_id=row["post_id"],
        stage_id=row["stage_id"],
        title=row["title"] or "(untitled)",
        state=row["state"] or "NOT_STARTED",
        status=row["status"],
        done=row["done"],
        assignee=row["assignee"] or "",
        due_on=due_on,
        is_late=due_on is not None and due_on < today and row["state"] != "COMPLETED",
        moved_at=row["moved_at"],
    )


def _columns(catalogue: Catalogue, cards: Sequence[Card]) -> Iterable[Column]:
    by_stage: dict[str, list[Card]] = {}
    for card in cards:
        by_stage.setdefault(card.stage_id, []).append(card)
    yield _column(NEW, "Not placed yet", "New drafts", by_stage.pop(NEW, []))
    for stage_id, stage_title, title in titles(catalogue):
        yield _column(stage_id, stage_title, title, by_stage.pop(stage_id, []))
    left = [card for cards_left in by_stage.values() for card in cards_left]
    if left:
        yield _column(LEFT, "Elsewhere", "In stages that are no more", left)


def titles(catalogue: Catalogue) -> Iterable[tuple[str, str, str]]:
    """Each sub-stage of any definition with the titles of its stage and its own; those of the
    usual definition first."""
    usual = catalogue.definitions[catalogue.default]
    told: set[str] = set()
    for definition in (usual, *catalogue.definitions.values()):
        for stage in definition.stage:
            for part in stage.part:
                stage_id = f"{stage.name}.{part.name}"
                if stage_id not in told:
                    told.add(stage_id)
                    yield stage_id, stage.title, part.title


def _column(stage_id: str, stage_title: str, title: str, cards: Sequence[Card]) -> Column:
    return Column(stage_id, stage_title, title, tuple(cards[:CARDS]), len(cards) > CARDS)
