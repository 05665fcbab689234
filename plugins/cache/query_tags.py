"""A statement as a cache name, and the cache tags of the tables and rows that it reads."""

import re
from collections.abc import Iterator, Mapping, Sequence
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
    _check(params)
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
    _check(params)
    reads = _reads(text)
    if reads is None:
        return None
    given = _by_name(own) | _by_name(params)
    tags = set()
    for table, pinned in reads.items():
        template = tags_by_table.get(table)
        if template is None:
            return None
        tags.add(_tag(template, pinned, given))
    return frozenset(tags)


def query_text(query: object, dialect: Dialect) -> tuple[str, dict[str, object]]:
    """The statement in SQL, and the values that a named statement holds itself.

    Raises `TypeError` for what is neither.
    """
    if isinstance(query, str):
        return query, {}
    if not isinstance(query, Query):
        kind = type(query).__qualname__
        raise TypeError(f"query is of type {kind}; give the statement as text or as a Query.")
    return _compiled(query.statement, dialect)


def _check(params: object) -> None:
    """Raise `TypeError` for what no statement takes as its parameters."""
    is_given = isinstance(params, Mapping | Sequence) and not isinstance(params, str | bytes)
    if params is not None and not is_given:
        kind = type(params).__qualname__
        raise TypeError(f"params is of type {kind}; give a dict by name, a sequence, or None.")


@lru_cache(maxsize=512)
def _compiled(statement: Executable, dialect: Dialect) -> tuple[str, dict[str, object]]:
    by_name = type(dialect)(paramstyle="named")  # type: ignore[call-arg]
    compiled = statement.compile(dialect=by_name)  # type: ignore[attr-defined]
    own = {name: value for name, value in (compiled.params or {}).items() if value is not None}
    return str(compiled), own


def _by_name(params: Params) -> dict[str | int, object]:
    """The parameters by name, those of a sequence by their numbers."""
    return dict(params.items() if isinstance(params, Mapping) else enumerate(params or ()))


def _tag(template: str, pinned: Mapping[str, str | int], given: Mapping[str | int, object]) -> str:
    prefix, _, column = template.partition(":")
    if not column:
        return template
    value = given.get(pinned.get(column.strip("{}"), ""))
    return f"{prefix}:{value}" if type(value) is int else f"{prefix}:*"


@lru_cache(maxsize=512)
def _reads(text: str) -> Mapping[str, Mapping[str, str | int]] | None:
    """By table, the columns that are pinned to a parameter, and to which; None for anything but
    one reading statement."""
    statement = _parsed(text)
    if statement is None or statement.find(*_WRITING):
        return None
    if any(call.name.lower() not in _ROWLESS for call in statement.find_all(exp.Anonymous)):
        return None  # a function of somebody's own: what it reads is its own affair
    if any(_is_table_name(each.args.get("field")) for each in statement.find_all(exp.In)):
        return None
    tables = [table for table in statement.find_all(exp.Table) if not _is_cte(table)]
    if any(not isinstance(table.this, exp.Identifier) for table in tables):
        return None  # a function that returns rows
    if any(table.db.lower() not in _SCHEMAS for table in tables):
        return None
    pinned = _pinned(statement, tables[0], text) if len(tables) == 1 else {}
    return {_plain(table.this): pinned for table in tables}


def _parsed(text: str) -> exp.Query | None:
    for dialect in _DIALECTS:
        try:
            statements = sqlglot.parse(text, read=dialect)
        except (sqlglot.errors.SqlglotError, RecursionError):
            continue
        found = statements[0] if len(statements) == 1 else None
        return found if isinstance(found, exp.Query) else None
    return None


def _is_table_name(field: "exp.Expr | None") -> bool:
    """Whether it is SQLite's `IN comment`, which reads a table, and not `IN :ids`."""
    return field is not None and not isinstance(field, exp.Placeholder)


def _is_cte(table: exp.Table) -> bool:
    """Whether the name stands for a part of the statement, which hides a table of that name."""
    if table.db or not isinstance(table.this, exp.Identifier):
        return False
    name = _plain(table.this)
    inside: exp.CTE | None = None
    node: exp.Expr = table
    while node.parent is not None:
        inside = node if isinstance(node, exp.CTE) else inside
        for each in node.parent.args.values():
            if isinstance(each, exp.With) and name in _visible(each, inside, each is node):
                return True
        node = node.parent
    return False


def _visible(ctes: exp.With, inside: exp.CTE | None, is_within: bool) -> set[str]:
    """The names that can be used; within the list only those before, and its own if recursive."""
    named = list(ctes.expressions)
    if is_within:
        place = next(number for number, cte in enumerate(named) if cte is inside)
        named = named[: place + bool(ctes.args.get("recursive"))]
    return {_plain(cte.args["alias"].this) for cte in named}


def _plain(name: "exp.Expr") -> str:
    """The name as PostgreSQL compares it: in lower case unless it was quoted."""
    return name.name if name.args.get("quoted") else name.name.lower()


def _pinned(statement: exp.Query, table: exp.Table, text: str) -> dict[str, str | int]:
    """`column = parameter` among the conditions that all rows must meet."""
    where = statement.args.get("where")
    if where is None or not _is_alone(table, statement):
        return {}
    numbers = _numbers(statement, where, text)
    conditions = where.this.flatten() if isinstance(where.this, exp.And) else (where.this,)
    found: dict[str, str | int] = {}
    for condition in (each.unnest() for each in conditions):
        sides = (condition.left, condition.right) if isinstance(condition, exp.EQ) else ()
        columns = [side for side in sides if isinstance(side, exp.Column)]
        bare = [side.this if isinstance(side, exp.Cast) else side for side in sides]
        values = [side for side in bare if isinstance(side, exp.Placeholder)]
        if columns and values:
            parameter = _name(values[0]) or numbers.get(id(values[0]))
            if parameter is not None:
                found[_plain(columns[0].this)] = parameter
    return found


def _is_alone(table: exp.Table, statement: exp.Query) -> bool:
    """Whether each column of the conditions is the table's own, by its own name."""
    source = table.parent
    if not isinstance(source, exp.From) or source.parent is not statement:
        return False
    if statement.args.get("joins") or statement.args.get("laterals"):
        return False
    alias = table.args.get("alias")
    others = {name for name, value in table.args.items() if value} - {"this", "db", "alias"}
    return not others and not (alias and alias.args.get("columns"))


def _numbers(statement: exp.Query, where: "exp.Expr", text: str) -> dict[int, int]:
    """The numbers of the unnamed placeholders in the conditions; none if the text may count others
    before them, or other marks than the tree has."""
    marks = len(re.findall(r"%[sbt]|\?", text.replace("%%", "")))
    after = [part for name in _AFTER_WHERE if (part := statement.args.get(name))]
    counted = [node for part in (where, *after) for node in _placeholders(part)]
    everywhere = list(_placeholders(statement))
    if any(map(_name, everywhere)) or not marks == len(counted) == len(everywhere):
        return {}
    return {id(node): number for number, node in enumerate(_placeholders(where))}


def _placeholders(part: "exp.Expr") -> "Iterator[exp.Expr]":
    return part.find_all(exp.Placeholder, exp.Parameter, bfs=False)


def _name(placeholder: "exp.Expr") -> str:
    this = placeholder.args.get("this")
    return this.name if isinstance(this, exp.Expression) else this or ""


_WRITING = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Into, exp.Lock)

_SCHEMAS = ("", "main", "public")
"""Where the site's own tables are. A table of the same name elsewhere touches no tag."""

_AFTER_WHERE = ("group", "having", "order", "limit", "offset")

_ROWLESS = frozenset(
    "age cardinality json_agg json_build_array json_build_object json_group_array"
    " json_group_object json_object_agg jsonb_agg jsonb_array_length jsonb_build_array"
    " jsonb_build_object jsonb_object_agg julianday numnode phraseto_tsquery plainto_tsquery"
    " printf quote row_to_json setweight similarity strftime to_json to_jsonb to_tsquery"
    " to_tsvector total ts_headline ts_rank ts_rank_cd unaccent websearch_to_tsquery".split()
)
"""What the databases bring along, reads no table, and the parser does not know by itself."""
