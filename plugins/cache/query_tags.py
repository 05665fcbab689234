"""A statement as a cache name, and the cache tags of the tables and rows that it reads."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import sqlglot
from sqlalchemy import Dialect, Executable
from sqlglot import exp

from blog_core.api import Query, digest

QueryText = str | Query
Params = Mapping[str, object] | Sequence[object] | None

_DIALECTS = ("postgres", "sqlite")
"""Each is tried: `%s` is understood by the first alone, some of SQLite's habits by the second."""


def query_name(query: QueryText, params: Params, dialect: Dialect) -> str:
    """The digest of the statement's text and its parameters. A list and a tuple are the same."""
    text, own = query_text(query, dialect)
    given = dict(params) if isinstance(params, Mapping) else tuple(params or ())
    return digest(dialect.name, text, own, given or None)


def query_tags(
    query: QueryText, params: Params, dialect: Dialect, tags_by_table: Mapping[str, str]
) -> frozenset[str] | None:
    """The tags that are touched when the statement's result may change.

    A row that the statement pins by the column of its table's tag counts alone; else the whole
    table does. None when not all tables can be told, or a write to one of them touches no tag.
    """
    text, own = query_text(query, dialect)
    reads = _reads(text)
    if reads is None:
        return None
    given = {**own, **_by_name(params)}
    tags = set()
    for table, pinned in reads.items():
        template = tags_by_table.get(table)
        if template is None:
            return None
        tags.add(_tag(template, pinned, given))
    return frozenset(tags)


def query_text(query: QueryText, dialect: Dialect) -> tuple[str, dict[str, object]]:
    """The statement in SQL, and the values that a named statement holds itself."""
    if isinstance(query, str):
        return query, {}
    return _compiled(query.statement, dialect)


@lru_cache(maxsize=512)
def _compiled(statement: Executable, dialect: Dialect) -> tuple[str, dict[str, object]]:
    by_name = type(dialect)(paramstyle="named")  # type: ignore[call-arg]
    compiled = statement.compile(dialect=by_name)  # type: ignore[attr-defined]
    own = {name: value for name, value in (compiled.params or {}).items() if value is not None}
    return str(compiled), own


def _by_name(params: Params) -> dict[str, object]:
    """The parameters by name, those of a sequence by their numbers."""
    if isinstance(params, Mapping):
        return dict(params)
    return {str(number): value for number, value in enumerate(params or ())}


def _tag(template: str, pinned: Mapping[str, str], given: Mapping[str, object]) -> str:
    prefix, _, column = template.partition(":")
    if not column:
        return template
    value = given.get(pinned.get(column.strip("{}"), ""))
    return f"{prefix}:{value}" if isinstance(value, int) else f"{prefix}:*"


@lru_cache(maxsize=512)
def _reads(text: str) -> Mapping[str, Mapping[str, str]] | None:
    """By table, the columns that are pinned to a parameter, and to which; None for anything but
    one reading statement."""
    statement = _parsed(text)
    if statement is None or statement.find(*_WRITING):
        return None
    named_here = {cte.alias_or_name for cte in statement.find_all(exp.CTE)}
    tables = [table for table in statement.find_all(exp.Table) if table.name not in named_here]
    if any(not isinstance(table.this, exp.Identifier) for table in tables):
        return None  # a function that returns rows: what it reads is its own affair
    pinned = _pinned(statement) if len(tables) == 1 else {}
    return {table.name: pinned for table in tables}


def _parsed(text: str) -> exp.Query | None:
    for dialect in _DIALECTS:
        try:
            statements = sqlglot.parse(text, read=dialect)
        except sqlglot.errors.SqlglotError:
            continue
        found = statements[0] if len(statements) == 1 else None
        return found if isinstance(found, exp.Query) else None
    return None


def _pinned(statement: exp.Query) -> dict[str, str]:
    """`column = parameter` among the conditions that all rows must meet."""
    where = statement.args.get("where") if isinstance(statement, exp.Select) else None
    if where is None:
        return {}
    unnamed = (node for node in statement.find_all(exp.Placeholder, bfs=False) if not _name(node))
    numbers = {id(node): str(number) for number, node in enumerate(unnamed)}
    conditions = where.this.flatten() if isinstance(where.this, exp.And) else (where.this,)
    found = {}
    for condition in (each.unnest() for each in conditions):
        sides = (condition.left, condition.right) if isinstance(condition, exp.EQ) else ()
        columns = [side for side in sides if isinstance(side, exp.Column)]
        bare = [side.this if isinstance(side, exp.Cast) else side for side in sides]
        values = [side for side in bare if isinstance(side, exp.Placeholder)]
        if columns and values:
            found[columns[0].name] = _name(values[0]) or numbers[id(values[0])]
    return found


def _name(placeholder: exp.Expression) -> str:
    this = placeholder.args.get("this")
    return this.name if isinstance(this, exp.Expression) else this or ""


_WRITING = (exp.Insert, exp.Update, exp.Delete, exp.Into, exp.Lock)
