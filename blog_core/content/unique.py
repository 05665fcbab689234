"""Rows with a unique slug: inserted so that a race costs another try, not an error."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from blog_core.model.declarative import Base
from blog_core.model.upsert import insert_on
from blog_core.slugs import free_slug

Taken = Callable[[Collection[str]], set[str]]


def taken_in(session: Session, column: InstrumentedAttribute[str]) -> Taken:
    """Answers which of some candidates stand in `column`."""
    return lambda candidates: set(session.scalars(select(column).where(column.in_(candidates))))


def insert_with_slug(
    session: Session,
    table: type[Base],
    values: Mapping[str, Any],
    *,
    wanted: str,
    taken: Taken,
) -> tuple[int, str]:
    """Insert a row under `wanted` or the next free slug; its id and slug.

    When another transaction takes the slug in between, the next free one is tried.
    """
    while True:
        slug = free_slug(wanted, taken)
        insert = insert_on(session, table).values(**values, slug=slug)
        once = insert.on_conflict_do_nothing(index_elements=["slug"])
        id_ = session.execute(once.returning(table.__table__.c.id)).scalar_one_or_none()
        if id_ is not None:
            return int(id_), slug
