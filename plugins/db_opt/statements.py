"""`execute_query`: one statement with bound values, the same on both databases."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, RowMapping, text
from sqlalchemy.exc import SQLAlchemyError

from blog_core.api import Query, QueryError, as_blog_error, ongoing_connection
from plugins.db_opt.here import site_for

Params = Mapping[str, object] | Sequence[object]

# Texts, quoted names, dollar-quoted texts and comments: nothing in them is ours to read.
_OPAQUE = (
    r"'(?:[^']|'')*'"
    r'|"(?:[^"]|"")*"'
    r"|\$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$"
    r"|--[^\n]*"
    r"|/\*.*?\*/"
)
_TOKEN = re.compile(rf"(?P<opaque>{_OPAQUE})|(?P<mark>%s)|(?P<percent>%%)|(?P<end>;)", re.DOTALL)
_NAME = re.compile(r"(?<![:\w]):(\w+)")
_COLON = re.compile(r"(?<!:):(?=\w)")


def execute_query(query: str | Query, params: Params | None = None) -> Sequence[RowMapping] | int:
    """Run one statement and return its rows as mappings, or how many rows it changed.

    `query` is SQL with `%s` and a sequence of values, or with `:name` and a mapping; or a `Query`.
    Values are bound, never written into the SQL. Outside a transaction of the blog the statement
    is committed by itself; inside one it takes part in it. Raises `QueryError` for a wrong number
    of values, a missing name, or more than one statement, and `Unavailable` when the database is
    away.
    """
    name = query.name if isinstance(query, Query) else "execute_query"
    statement, values = _prepared(name, query, params)
    engine = site_for("execute_query()").ports.executor.engine
    try:
        running = ongoing_connection(engine)
        if running is not None:
            return _answer(running, statement, values)
        with engine.begin() as connection:
            return _answer(connection, statement, values)
    except SQLAlchemyError as error:
        raise as_blog_error(name, error) from error


def _answer(
    connection: Connection, statement: Executable, values: Mapping[str, object]
) -> Sequence[RowMapping] | int:
    result: CursorResult[Any] = connection.execute(statement, values)
    return result.mappings().all() if result.returns_rows else result.rowcount


def _prepared(name: str, query: object, params: object) -> tuple[Executable, dict[str, object]]:
    if isinstance(query, Query):
        if params is not None and not isinstance(params, Mapping):
            raise QueryError(name, "a named statement takes a mapping of values")
        return query.statement, dict(params or {})
    if not isinstance(query, str) or not query.strip():
        raise QueryError(name, f"found {type(query).__name__}, expected SQL or a named statement")
    if not re.search(r"\s", query.strip()):
        raise QueryError(
            name, f"found {query.strip()!r}, which is no SQL; give the Query object of that name"
        )
    if isinstance(params, Mapping):
        return _by_name(name, query, params)
    if isinstance(params, str | bytes):
        raise QueryError(name, "the values are one text; put it into a sequence: (value,)")
    if params is not None and not isinstance(params, Sequence):
        raise QueryError(name, f"found {type(params).__name__}, expected a sequence or a mapping")
    return _by_position(name, query, tuple(params or ()))


def _by_position(
    name: str, query: str, values: tuple[object, ...]
) -> tuple[Executable, dict[str, object]]:
    """`%s` becomes `:p0`, `:p1` and so on; `%%` is a percent sign once values are given."""
    marks = 0

    def replace(found: re.Match[str]) -> str:
        nonlocal marks
        if found["mark"]:
            marks += 1
            return f"\x00p{marks - 1}"
        if found["percent"]:
            return "%" if values else "%%"
        return found[0]

    sql = _TOKEN.sub(replace, _single(name, query))
    if marks != len(values):
        raise QueryError(name, f"has {marks} %s for {len(values)} value(s); give one for each")
    escaped = _COLON.sub(r"\\:", sql).replace("\x00", ":")
    return text(escaped), {f"p{number}": value for number, value in enumerate(values)}


def _by_name(
    name: str, query: str, values: Mapping[str, object]
) -> tuple[Executable, dict[str, object]]:
    wanted: set[str] = set()

    def outside(plain: str) -> str:
        wanted.update(_NAME.findall(plain))
        return plain

    sql = _single(name, query)
    pieces, end = [], 0
    for found in re.finditer(_OPAQUE, sql, re.DOTALL):
        pieces += [outside(sql[end : found.start()]), _COLON.sub(r"\\:", found[0])]
        end = found.end()
    pieces.append(outside(sql[end:]))
    missing, unused = sorted(wanted - set(values)), sorted(set(values) - wanted)
    if missing or unused:
        told = [f"no value for :{one}" for one in missing] + [f"no :{one} in it" for one in unused]
        raise QueryError(name, f"{', '.join(told)}; names and values must be the same")
    return text("".join(pieces)), dict(values)


def _single(name: str, query: str) -> str:
    """The statement without its last semicolon; `QueryError` when another one follows."""
    for found in _TOKEN.finditer(query):
        if found["end"]:
            rest = re.sub(_OPAQUE, _only_comments, query[found.end() :], flags=re.DOTALL)
            if rest.strip(" \t\r\n;"):
                raise QueryError(name, "holds more than one statement; run them one by one")
            return query[: found.start()]
    return query


def _only_comments(found: re.Match[str]) -> str:
    return "" if found[0].startswith(("--", "/*")) else found[0]
