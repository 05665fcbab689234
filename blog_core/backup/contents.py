"""What a database holds, counted and listed in the same transaction that saves it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, inspect, select

from blog_core.model import Account, Base, Comment, Media, MediaVariant, Post, Revision, Tag

COUNTED: tuple[type[Base], ...] = (Account, Comment, Media, Post, Revision, Tag)


@dataclass(frozen=True, slots=True)
class Contents:
    """Rows by table, and the paths of the media library, variants included."""

    rows: Mapping[str, int]
    media: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nobody has written anything: a database that was only migrated."""
        return not any(self.rows.values())


def contents_of(connection: Connection, schema: str | None) -> Contents:
    """Of a database; one without the blog's tables is empty."""
    existing = set(inspect(connection).get_table_names(schema))
    counted = [model for model in COUNTED if model.__tablename__ in existing]
    rows = {
        model.__tablename__: connection.scalar(select(func.count()).select_from(model)) or 0
        for model in counted
    }
    if Media not in counted:
        return Contents(rows)
    paths = select(Media.path).union(select(MediaVariant.path)).order_by("path")
    return Contents(rows, tuple(connection.scalars(paths)))
