"""The statements of the search, one for each database, with the same columns in the same order.

The newest `CANDIDATES` matches of the text, and as many of title and excerpt, are looked at, though
there may be many more. A title counts most, then an excerpt, and what counts the same comes newest
first.
"""

from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    MetaData,
    Select,
    Subquery,
    Table,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from blog_core.content.visible import LIST_COLUMNS, NOW, is_listed, next_publish_at, visible
from blog_core.model import Post, UtcDateTime, big_id
from blog_core.model.triggers.search import ID_BITS, ID_MASK
from blog_core.ports import Query

CANDIDATES = 1_000
IN_TEXT, IN_LEAD, IN_TITLE = 1, 2, 8

_Text = ColumnElement[str]
Rows = Select[*tuple[Any, ...]]

_LIMIT: BindParameter[int] = bindparam("limit")
_OFFSET: BindParameter[int] = bindparam("offset")
# The tables belong to no model: triggers keep them (`model.triggers.search`).
_of_sqlite, _of_postgresql = MetaData(), MetaData()


def _newest(key: Any, at: Any, points: int, *conditions: Any) -> Rows:
    """The newest posts that fulfil the conditions: read from the newest end of an index."""
    rows = select(key.label("key"), at.label("at"), literal(points).label("points"))
    # FTS5 reads its rows in this order only when nothing else is asked for.
    order = (at.desc(),) if at is key else (at.desc(), key.desc())
    return rows.where(*conditions).order_by(*order).limit(CANDIDATES)


def _best(*branches: Rows) -> Subquery:
    """One page of the candidates of all branches, each once, the best ones first."""
    found = union_all(*(select(rows.subquery()) for rows in branches)).subquery()
    points, at = func.sum(found.c.points), func.max(found.c.at)
    ranked = select(
        found.c.key, points.label("points"), at.label("at"), func.count().over().label("total")
    )
    ranked = ranked.group_by(found.c.key).order_by(points.desc(), at.desc(), found.c.key.desc())
    return ranked.limit(_LIMIT).offset(_OFFSET).subquery()


def _posts(best: Subquery, is_its_post: ColumnElement[bool]) -> Rows:
    return (
        select(*LIST_COLUMNS, Post.html, best.c.total, next_publish_at)
        .select_from(best)
        .join(Post, and_(is_its_post, is_listed))
        .where(visible)
        .order_by(best.c.points.desc(), best.c.at.desc(), best.c.key.desc())
    )


# --- SQLite ---------------------------------------------------------------------------------------


def _on_sqlite() -> Rows:
    # A column called like its FTS5 table is what MATCH is asked of.
    text, lead = (
        Table(name, _of_sqlite, Column("rowid", big_id), Column(name, Text))
        for name in ("post_search", "post_search_lead")
    )

    def newest(table: Table, words: str, points: int) -> Rows:
        matches = table.c[table.name].op("MATCH")(bindparam(words))
        return _newest(table.c.rowid, table.c.rowid, points, matches, table.c.rowid < _before)

    _before: BindParameter[int] = bindparam("before")
    best = _best(
        newest(text, "words", IN_TEXT),
        newest(lead, "words", IN_LEAD),
        newest(lead, "title_words", IN_TITLE),
    )
    second = best.c.key.op(">>")(literal_column(str(ID_BITS)))
    spelt: _Text = literal_column("'%Y-%m-%d %H:%M:%S'")
    since: _Text = literal_column("'unixepoch'")
    mask: ColumnElement[int] = literal_column(str(ID_MASK))
    is_its_post = and_(
        Post.publish_at >= func.strftime(spelt, second, since),
        Post.publish_at < func.strftime(spelt, second + 1, since),
        Post.id.op("&")(mask) == best.c.key.op("&")(mask),
    )
    return _posts(best, is_its_post)


# --- PostgreSQL -----------------------------------------------------------------------------------


def _on_postgresql() -> Rows:
    entry = Table(
        "post_search",
        _of_postgresql,
        Column("post_id", big_id),
        Column("publish_at", UtcDateTime),
        Column("lead", TSVECTOR),
        Column("words", TSVECTOR),
    )
    english: _Text = literal_column("'english'::regconfig")
    simple: _Text = literal_column("'simple'::regconfig")
    words, title_words = bindparam("words", type_=Text), bindparam("title_words", type_=Text)

    def lead(of: Any) -> Any:
        """Words so small that `english` leaves them out are looked for as they are."""
        stemmed = func.to_tsquery(english, of)
        is_empty = func.numnode(stemmed) == 0
        return entry.c.lead.op("@@")(case((is_empty, func.to_tsquery(simple, of)), else_=stemmed))

    def newest(points: int, matches: Any) -> Rows:
        is_out = entry.c.publish_at <= NOW
        return _newest(entry.c.post_id, entry.c.publish_at, points, matches, is_out)

    best = _best(
        newest(IN_TEXT, entry.c.words.op("@@")(func.to_tsquery(english, words))),
        newest(IN_LEAD, lead(words)),
        newest(IN_TITLE, lead(title_words)),
    )
    return _posts(best, Post.id == best.c.key)


SEARCH = {
    "sqlite": Query("reader.search", _on_sqlite()),
    "postgresql": Query("reader.search", _on_postgresql()),
}
"""By dialect. Both take `:words`, `:title_words`, `:now`, `:limit`, `:offset`; SQLite `:before`."""
