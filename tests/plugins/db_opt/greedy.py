"""A plugin whose pages send too much: over their budget, in a loop, from a template, slowly."""

from flask import render_template_string
from sqlalchemy import ForeignKey, bindparam, select, text
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    relationship,
    selectinload,
)
from sqlalchemy.orm.interfaces import ORMOption

from blog_core.api import NEVER, Contribute, Query, Route, Tag, current_site, hookimpl

TAG = Query("greedy.tag", select(Tag.name).where(Tag.id == bindparam("id")))
TAGS = Query("greedy.tags", select(Tag.id).order_by(Tag.id))
MANY = (
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 300000)"
    " SELECT count(*) AS n FROM c"
)
SLOW = Query("greedy.slow", text(MANY))
TEMPLATE = """{% for number in [1, 2, 3, 4] %}
<li>{{ name(number) }}
{% endfor %}"""


def two() -> str:
    site = current_site()
    site.read(TAGS)
    site.read(TAG, {"id": 1})  # the second statement of a page that declared one
    return "two"


def loop() -> str:
    site = current_site()
    for number in range(5):
        site.read(TAG, {"id": number})  # one for each
    return "loop"


def apart() -> str:
    site = current_site()
    site.read(TAG, {"id": 1})
    site.read(TAG, {"id": 2})
    return "apart"


def name(number: int) -> str:
    return str(len(current_site().read(TAG, {"id": number})))


def template() -> str:
    return render_template_string(TEMPLATE, name=name)


def slow() -> str:
    current_site().read(SLOW)
    return "slow"


class Careless(DeclarativeBase):
    """The tables of the blog as somebody maps them who does not know better."""


class Note(Careless):
    __tablename__ = "comment"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))


class Entry(Careless):
    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(deferred=True)
    notes: Mapped[list[Note]] = relationship()


def entries(*options: ORMOption) -> str:
    with Session(current_site().ports.executor.engine) as session:
        found = session.scalars(select(Entry).options(*options).order_by(Entry.id)).all()
        return str(sum(len(entry.notes) for entry in found))  # one for each


def lazy() -> str:
    return entries()


def eager() -> str:
    return entries(selectinload(Entry.notes))


def deferred() -> str:
    with Session(current_site().ports.executor.engine) as session:
        return session.get_one(Entry, 1).title


def route(view: object, statements: int | None = None) -> Route:
    what = view.__name__  # type: ignore[attr-defined]
    return Route(
        endpoint=f"greedy_{what}",
        rule=f"/greedy/{what}",
        view=view,  # type: ignore[arg-type]
        permission="public",
        cache=NEVER,
        statements=statements,
    )


@hookimpl
def blog_contribute(contribute: Contribute) -> None:
    contribute.routes(route(two, 1), route(loop), route(apart), route(template), route(slow))
    contribute.routes(route(lazy), route(eager), route(deferred))
