"""What a statement wants of each table: equalities, ranges, an order, and what it joins by.

Only what an index can serve is kept; a condition that is written in another way is left aside.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from plugins.db_opt.advise.access import Access, Sort, Test
from plugins.db_opt.advise.asked import Asked, sqlglot_name

Columns = Mapping[str, frozenset[str]]
"""The columns of each table of the blog."""

# Functions whose value depends on nothing but the column: the others cannot be indexed.
_PLAIN = (exp.Lower, exp.Upper, exp.Length, exp.Trim, exp.Abs, exp.Coalesce, exp.Substring)
_RANGES = (exp.LT, exp.LTE, exp.GT, exp.GTE)
_HINTS = frozenset({"likely", "unlikely", "likelihood"})
_UNKNOWN = object()


def accesses(asked: Asked, columns: Columns, dialect: str) -> Iterator[Access]:
    """Each use of a table of the blog."""
    for number, scope in enumerate(traverse_scope(asked.tree)):
        select = scope.expression
        if isinstance(select, exp.Select):
            yield from _Reader(asked, columns, dialect, scope, select).accesses(number)


class _Reader:
    """Reads one SELECT of a statement."""

    def __init__(
        self, asked: Asked, columns: Columns, dialect: str, scope: Scope, select: exp.Select
    ) -> None:
        self._asked, self._columns, self._dialect = asked, columns, sqlglot_name(dialect)
        self._select = select
        self._aliases = {
            alias: source.name
            for alias, (_, source) in scope.selected_sources.items()
            if isinstance(source, exp.Table) and source.name in columns
        }
        self._names = set(scope.selected_sources)
        self._is_inner = bool(scope.can_be_correlated) and any(
            column.table for column in scope.external_columns
        )
        self._given = {name for name, value in self._select.args.items() if value}

    def accesses(self, number: int) -> Iterator[Access]:
        conditions = list(self._conditions())
        for alias, table in self._aliases.items():
            tests = [test for part in conditions for test in self._tests(part, alias)]
            order = tuple(self._order(alias))
            yield Access(
                table=table,
                alias=alias,
                tests=tuple(tests),
                order=order,
                is_limited="limit" in self._given or self._is_extreme(),
                is_inner=self._is_inner,
                scope=number,
                others={a: t for a, t in self._aliases.items() if a != alias},
            )

    def _conditions(self) -> Iterator[exp.Expr]:
        where = self._select.args.get("where")
        joins = self._select.args.get("joins") or []
        for condition in [where and where.this, *(join.args.get("on") for join in joins)]:
            if condition is not None:
                yield from _parts(condition)

    # --- conditions ---

    def _tests(self, part: exp.Expr, alias: str) -> Iterator[Test]:
        if isinstance(part, exp.EQ):
            yield from self._equal(part, alias)
        elif isinstance(part, exp.Is):
            yield from self._is(part, alias)
        elif isinstance(part, exp.In):
            yield from self._in(part, alias)
        elif isinstance(part, exp.Between):
            key = self._key(part.this, alias)
            if key and self._is_free(part, alias, but=part.this):
                yield self._between(key, part.args["low"], part.args["high"])
        elif isinstance(part, _RANGES):
            yield from self._range(part, alias)
        else:
            yield from self._truth(part, alias)

    def _truth(self, part: exp.Expr, alias: str) -> Iterator[Test]:
        """A column that is true or false by itself."""
        is_not = isinstance(part, exp.Not)
        inner = part.this.unnest() if is_not else part
        if is_not and isinstance(inner, exp.Is):
            negated = not inner.args.get("negate")
            yield from self._is(exp.Is(**{**inner.args, "negate": negated}), alias)
        elif key := self._column(inner, alias):
            yield Test(key, "equal", not is_not, is_known=True, always=self._sql(part))

    def _in(self, part: exp.In, alias: str) -> Iterator[Test]:
        key = self._key(part.this, alias)
        if key and self._is_free(part, alias, but=part.this):
            yield Test(key, "many")

    def _equal(self, part: exp.EQ, alias: str) -> Iterator[Test]:
        for side, other in ((part.left, part.right), (part.right, part.left)):
            key = self._key(side, alias)
            if not key or not self._is_free(other, alias):
                continue
            if isinstance(other, exp.Any):
                yield Test(key, "many")
                continue
            value, is_known = self._value(other)
            so_far = self._so_far(side, other)
            is_always = not isinstance(other, exp.Placeholder) or self._asked.is_constant(
                other.name
            )
            always = so_far if is_always else ""
            yield Test(key, "equal", value, is_known, always, so_far, self._joined(other))

    def _is(self, part: exp.Is, alias: str) -> Iterator[Test]:
        key, negated = self._key(part.this, alias), bool(part.args.get("negate"))
        if not key:
            return
        if not isinstance(part.expression, exp.Null):
            if not negated:
                yield from self._equal(exp.EQ(this=part.this, expression=part.expression), alias)
        elif negated:
            yield Test(key, "null", always=self._sql(part))
        else:
            yield Test(key, "equal", None, is_known=True, always=self._sql(part))

    def _range(self, part: exp.Expr, alias: str) -> Iterator[Test]:
        left, right = part.args["this"], part.args["expression"]
        if isinstance(left, exp.Tuple) and isinstance(right, exp.Tuple):
            left, right = left.expressions[0], right.expressions[0]
        is_upper = isinstance(part, exp.LT | exp.LTE)
        for side, other, upper in ((left, right, is_upper), (right, left, not is_upper)):
            key = self._key(side, alias)
            if key and self._is_free(other, alias):
                yield self._between(key, *((None, other) if upper else (other, None)))

    def _between(self, key: str, low: exp.Expr | None, high: exp.Expr | None) -> Test:
        ends = [self._value(end) if end is not None else (None, True) for end in (low, high)]
        values = tuple(value for value, _ in ends)
        return Test(key, "range", values, is_known=all(known for _, known in ends))

    def _so_far(self, side: exp.Expr, other: exp.Expr) -> str:
        """The condition as SQL when its value is written in it, or was the same so far."""
        if isinstance(other, exp.Literal | exp.Boolean):
            return self._sql(exp.EQ(this=side.copy(), expression=other.copy()))
        if isinstance(other, exp.Placeholder) and other.name in self._asked.steady:
            value = self._asked.values.get(other.name)
            if isinstance(value, str | int):
                return self._sql(exp.EQ(this=side.copy(), expression=exp.convert(value)))
        return ""

    def _value(self, node: exp.Expr) -> tuple[Any, bool]:
        found = _constant(node, self._asked.values)
        return (None, False) if found is _UNKNOWN else (found, True)

    def _joined(self, node: exp.Expr) -> str:
        aliases = {self._alias(column) for column in _columns(node)} & self._names
        return aliases.pop() if len(aliases) == 1 else ""

    # --- order ---

    def _order(self, alias: str) -> Iterator[Sort]:
        extreme = self._extreme()
        if extreme is not None:
            key = self._key(extreme.this, alias)
            if key:
                yield Sort(key, isinstance(extreme, exp.Max))
            return
        order = self._select.args.get("order")
        if order is None or {"group", "distinct"} & self._given:
            return
        for step in order.expressions:
            key = self._key(self._named(step.this), alias)
            nulls = self._nulls(step)
            if not key or nulls is None:
                return
            yield Sort(key, bool(step.args.get("desc")), nulls)

    def _nulls(self, step: exp.Ordered) -> str | None:
        """Where nulls stand, if it is said; None where no index of this database can do it."""
        first, desc = bool(step.args.get("nulls_first")), bool(step.args.get("desc"))
        usual = desc if self._dialect == "postgres" else not desc
        if first == usual:
            return ""
        if self._dialect != "postgres":
            return None
        return "nulls first" if first else "nulls last"

    def _named(self, node: exp.Expr) -> exp.Expr:
        """What a name of the select list stands for."""
        if isinstance(node, exp.Column) and not node.table:
            for chosen in self._select.expressions:
                if isinstance(chosen, exp.Alias) and chosen.alias == node.name:
                    inner: exp.Expr = chosen.this
                    return inner
        return node

    def _extreme(self) -> exp.Max | exp.Min | None:
        """The one MIN or MAX that the SELECT asks for: it is the end of an order."""
        chosen = [one.unalias() for one in self._select.expressions]
        if "group" not in self._given and len(chosen) == 1:
            return chosen[0] if isinstance(chosen[0], exp.Max | exp.Min) else None
        return None

    def _is_extreme(self) -> bool:
        return self._extreme() is not None

    # --- columns ---

    def _key(self, node: exp.Expr, alias: str) -> str:
        """A column of the table, or an expression of its columns that can be indexed; else ''."""
        column = self._column(node, alias)
        if column or not isinstance(node, _PLAIN):
            return column
        inside = _columns(node)
        is_ours = inside and all(self._column(column, alias) for column in inside)
        has_more = node.find(exp.Placeholder, exp.Query, exp.AggFunc)
        return self._sql(node).lower() if is_ours and not has_more else ""

    def _column(self, node: exp.Expr, alias: str) -> str:
        if not isinstance(node, exp.Column) or not self._is_own(node, alias):
            return ""
        return node.name if node.name in self._columns[self._aliases[alias]] else ""

    def _is_own(self, column: exp.Column, alias: str) -> bool:
        return self._alias(column) == alias

    def _is_free(self, node: exp.Expr, alias: str, but: exp.Expr | None = None) -> bool:
        ours = [column for column in _columns(node) if self._is_own(column, alias)]
        return len(ours) == (len(_columns(but)) if but is not None else 0)

    def _alias(self, column: exp.Column) -> str:
        if column.table:
            return column.table
        owners = [a for a, table in self._aliases.items() if column.name in self._columns[table]]
        return owners[0] if owners else ""

    def _sql(self, node: exp.Expr) -> str:
        bare = node.copy()
        for column in bare.find_all(exp.Column):
            column.set("table", None)
        return bare.sql(self._dialect)


def _parts(condition: exp.Expr) -> Iterator[exp.Expr]:
    """What all must hold; what SQLite is told of how likely it is makes no difference."""
    condition = condition.unnest()
    if isinstance(condition, exp.Anonymous) and condition.name.lower() in _HINTS:
        condition = condition.expressions[0].unnest()
    if isinstance(condition, exp.And):
        yield from _parts(condition.left)
        yield from _parts(condition.right)
    else:
        yield condition


def _columns(node: exp.Expr) -> list[exp.Column]:
    return list(node.find_all(exp.Column))


def _constant(node: exp.Expr, values: Mapping[str, Any]) -> Any:
    if isinstance(node, exp.Cast):
        return _constant(node.this, values)
    if isinstance(node, exp.Placeholder):
        return values.get(node.name, _UNKNOWN)
    if isinstance(node, exp.Boolean):
        return node.this
    if isinstance(node, exp.Literal):
        return node.to_py()
    return _UNKNOWN
