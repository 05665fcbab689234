"""A statement of the site as the advisor reads it, and asks the database about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlglot
from sqlglot import exp

from plugins.db_opt.observed import Observed

_WRITES = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Lock, exp.Into, exp.Command)
ALWAYS_CALLS = 100
"""So many calls with one value, and it is taken for a constant of the statement."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A statement that the advisor cannot judge, and why."""

    statement: str
    reason: str


@dataclass(frozen=True, eq=False)
class Asked:
    """One statement over all its routes. `sql` and `params` are as the driver takes them.

    `values` are the sample values by the names of the placeholders in `tree`; `steady` names those
    that were the same at each call so far.
    """

    sql: str
    params: Any
    tree: exp.Expr
    values: Mapping[str, Any]
    steady: frozenset[str]
    observed: tuple[Observed, ...]

    @cached_property
    def calls(self) -> int:
        """How often it ran, over all routes."""
        return sum(one.calls for one in self.observed)

    @cached_property
    def total_s(self) -> float:
        """How long it ran, over all routes."""
        return sum(one.total_s for one in self.observed)

    def is_constant(self, name: str) -> bool:
        """Whether a value was the same so often that it will be so."""
        return name in self.steady and self.calls >= ALWAYS_CALLS

    @cached_property
    def tables(self) -> frozenset[str]:
        """Every table that it names."""
        return frozenset(table.name for table in self.tree.find_all(exp.Table))

    @property
    def mean_ms(self) -> float:
        """How long one call took."""
        return self.total_s / max(self.calls, 1) * 1000

    @property
    def first(self) -> Observed:
        """Where it comes from most."""
        return self.observed[0]


def read_statements(
    observed: Iterable[Observed], dialect: str
) -> tuple[Sequence[Asked], Sequence[Unread]]:
    """The reading statements, each once, and those that could not be read."""
    groups: dict[str, list[Observed]] = {}
    for one in observed:
        if one.is_read:
            groups.setdefault(one.statement, []).append(one)
    read = [read_statement(tuple(group), dialect) for group in groups.values()]
    asked = [one for one in read if isinstance(one, Asked)]
    return asked, [one for one in read if isinstance(one, Unread)]


def read_statement(observed: tuple[Observed, ...], dialect: str) -> Asked | Unread:
    """One statement, which all of `observed` share."""
    first = observed[0]
    named, values = _named(first, dialect)
    try:
        tree = sqlglot.parse_one(named, read=sqlglot_name(dialect))
    except sqlglot.errors.SqlglotError:
        return Unread(first.statement, "its SQL is not understood")
    if not isinstance(tree, exp.Query) or tree.find(*_WRITES):
        return Unread(first.statement, "it does more than read")
    varying = {name for one in observed for name in one.varying}
    return Asked(
        sql=first.statement,
        params=first.params,
        tree=tree,
        values=values,
        steady=frozenset(set(values) - varying),
        observed=observed,
    )


def sqlglot_name(dialect: str) -> str:
    """What sqlglot calls a dialect of SQLAlchemy."""
    return "postgres" if dialect == "postgresql" else dialect


def _named(observed: Observed, dialect: str) -> tuple[str, Mapping[str, Any]]:
    """The statement with named placeholders only, and the values by these names."""
    params = observed.params
    if isinstance(params, Mapping):
        text = observed.statement.replace("%%", "%") if params else observed.statement
        return text, params
    text, pieces, end, number = observed.statement, [], 0, 0
    for token in sqlglot.tokenize(text, read=sqlglot_name(dialect)):
        if token.token_type == sqlglot.TokenType.PLACEHOLDER:
            pieces += [text[end : token.start], f":p{number}"]
            end, number = token.end + 1, number + 1
    return "".join([*pieces, text[end:]]), {f"p{n}": value for n, value in enumerate(params)}
