"""Statements that no index makes fast, because of how they are written; and how to write them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from plugins.db_opt.advise.access import Access
from plugins.db_opt.advise.asked import Asked
from plugins.db_opt.advise.candidates import FEW_ROWS, Known, driving_rows

FAR = 1_000
"""Rows that an OFFSET may skip before it is worth a word."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Why a statement stays slow, and what to write instead."""

    asked: Asked
    why: str
    instead: str


def rewrites(asked: Asked, statement: Sequence[Access], known: Known) -> Iterator[Rewrite]:
    """What is to be said of one statement."""
    for select in asked.tree.find_all(exp.Select):
        for why, instead in (
            *_groups_everything(select, statement, known),
            *_skips(select, asked.values),
            *_spells_keyset_with_or(select),
            *_looks_inside_texts(select, asked.values, known, statement),
            *_counts_all(select, statement, known),
        ):
            yield Rewrite(asked, why, instead)


Said = Iterator[tuple[str, str]]


def _groups_everything(select: exp.Select, statement: Sequence[Access], known: Known) -> Said:
    """The textbook list: all rows are joined and grouped, then all but a page is thrown away."""
    if not (select.args.get("group") and select.args.get("limit") and select.args.get("joins")):
        return
    aggregates = [a for a in select.find_all(exp.AggFunc) if a.parent_select is select]
    grouped = {c.table for c in select.args["group"].find_all(exp.Column)}
    summed = {c.table for a in aggregates for c in a.find_all(exp.Column)} - grouped
    uses = {access.alias: access for access in statement}
    drivers = [uses[alias] for alias in grouped if alias in uses]
    if not summed or not drivers:
        return
    if max(driving_rows(access, known) for access in drivers) <= FEW_ROWS:
        return
    tables = {access.table for access in drivers}, {uses[a].table for a in summed if a in uses}
    page, rest = (", ".join(sorted(names)) or "the joined table" for names in tables)
    instead = (
        f"choose the page's rows of {page} with ORDER BY and LIMIT first, then read what they need "
        f"of {rest} for these rows only (a subquery in the select list, or LATERAL); or keep the "
        f"number in a column of {page}"
    )
    if tables == ({"post"}, {"comment"}):
        instead = (
            "get_posts_by_status(status, limit) of plugins.db_opt gives the same rows from the "
            "counters that stand on the post"
        )
    why = (
        f"it joins {rest} to every row of {page}, groups, and throws all but a page away; an index "
        f"on the joined column makes it read them one by one, which is slower still"
    )
    yield why, instead


def _skips(select: exp.Select, values: Mapping[str, Any]) -> Said:
    offset = select.args.get("offset")
    if offset is None:
        return
    value = offset.expression
    rows = values.get(value.name) if isinstance(value, exp.Placeholder) else _number(value)
    if isinstance(rows, int) and rows >= FAR:
        instead = (
            "continue from the last row seen, its sort columns compared as one row value: "
            "(updated_at, id) < (:at, :id)"
        )
        yield f"it reads {rows:,} rows and throws them away (OFFSET)", instead


def _number(node: exp.Expr) -> int | None:
    return int(node.name) if isinstance(node, exp.Literal) and node.name.isdigit() else None


def _spells_keyset_with_or(select: exp.Select) -> Said:
    """`a < x OR (a = x AND b < y)`: no database sees one range in it."""
    where = select.args.get("where")
    for found in where.find_all(exp.Or) if where is not None else ():
        one, other = found.left.unnest(), found.right.unnest()
        if not isinstance(one, exp.LT | exp.GT) or not isinstance(other, exp.And):
            continue
        equal = [part.unnest() for part in other.flatten()]
        keys = {part.left.sql() for part in equal if isinstance(part, exp.EQ)}
        if one.left.sql() in keys and any(isinstance(part, exp.LT | exp.GT) for part in equal):
            sign = "<" if isinstance(one, exp.LT) else ">"
            names = ", ".join(
                [one.left.sql(), *(p.left.sql() for p in equal if isinstance(p, exp.LT | exp.GT))]
            )
            yield (
                "its range is spelt with OR, so the index is walked from its beginning",
                f"compare one row value: ({names}) {sign} (...)",
            )


def _looks_inside_texts(
    select: exp.Select, values: Mapping[str, Any], known: Known, statement: Sequence[Access]
) -> Said:
    if not _is_large(statement, known):
        return
    for found in select.find_all(exp.Like, exp.ILike):
        pattern = found.expression
        text = values.get(pattern.name) if isinstance(pattern, exp.Placeholder) else pattern.name
        if found.parent_select is select and isinstance(text, str) and text.startswith("%"):
            yield (
                f"it looks for a text inside {found.this.sql()}, which no ordered index helps",
                "a full-text index, or a search that ranks the newest rows only",
            )


def _counts_all(select: exp.Select, statement: Sequence[Access], known: Known) -> Said:
    counted = [one.unalias() for one in select.expressions]
    has_more = any(select.args.get(name) for name in ("where", "group", "joins", "limit"))
    if has_more or len(counted) != 1 or not isinstance(counted[0], exp.Count):
        return
    if len(statement) == 1 and _is_large(statement, known):
        yield (
            f"it counts all {known.facts[statement[0].table].rows:,} rows of {statement[0].table}",
            "keep the number in a column, or show a page without the total",
        )


def _is_large(statement: Sequence[Access], known: Known) -> bool:
    return any(known.facts[access.table].rows >= FEW_ROWS for access in statement)
