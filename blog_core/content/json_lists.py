"""`json_rows(select)`: the rows of a small select as one JSON list, on both databases.

So a list of posts brings its authors and tags along in the one statement.
"""

from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import literal_column
from sqlalchemy.sql.functions import FunctionElement


class _JsonRows(FunctionElement[list[Any]]):
    """Aggregates name, value, name, value, ... of each row."""

    name = "json_rows"
    type = JSON()
    inherit_cache = True


@compiles(_JsonRows)
def _in_a_log(element: _JsonRows, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_rows({compiler.process(element.clauses, **kw)})"


@compiles(_JsonRows, "sqlite")
def _on_sqlite(element: _JsonRows, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_group_array(json_object({compiler.process(element.clauses, **kw)}))"


@compiles(_JsonRows, "postgresql")
def _on_postgresql(element: _JsonRows, compiler: SQLCompiler, **kw: Any) -> str:
    pairs = compiler.process(element.clauses, **kw)
    return f"coalesce(json_agg(json_build_object({pairs})), '[]'::json)"


def json_rows(rows: Select[*tuple[Any, ...]]) -> ColumnElement[list[Any]]:
    """A list of objects, one a row of `rows` and in its order; `[]` when there is none.

    `rows` names its columns after the keys and correlates what it takes from around it.
    """
    inner = rows.subquery()
    pairs: list[ColumnElement[Any]] = []
    for column in inner.c:
        # Names of our own columns, never anything from outside.
        pairs += [literal_column(f"'{column.name}'"), column]
    return select(_JsonRows(*pairs)).select_from(inner).scalar_subquery()
