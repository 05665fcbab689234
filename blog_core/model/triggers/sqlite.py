"""Triggers of one table for SQLite: each writes its rows' tags to the outbox."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint

from blog_core.cache_tags import TagRule
from blog_core.model.triggers.sql import (
    RuleGroup,
    Trigger,
    differs,
    grouped,
    holds,
    quoted,
    tag_select,
    trigger_name,
)

_INSERT = "INSERT INTO outbox (created_at_s, cache_tag)"
_NOW_S = "CAST(strftime('%s', 'now') AS INTEGER)"


def sqlite_triggers(table: Table, rules: Sequence[TagRule]) -> Iterator[Trigger]:
    """The triggers that follow `rules` on writes to `table`."""
    groups = grouped(rules)
    for number, group in enumerate(groups):
        event, when = "AFTER UPDATE", ""
        if group.columns is not None:
            event = f"AFTER UPDATE OF {_listed(group.columns)}"
            when = differs(group.columns, "IS NOT")
        yield _trigger(table, f"update{number}", event, _touch([group], "OLD", "NEW"), when)
    always = [group for group in groups if not group.updates_only]
    if always:
        yield _trigger(table, "insert", "AFTER INSERT", _touch(always, "NEW"))
        yield _trigger(table, "delete", "AFTER DELETE", _touch(always, "OLD"))
        yield from _replacing(table, always)


def _replacing(table: Table, groups: Sequence[RuleGroup]) -> Iterator[Trigger]:
    """For INSERT OR REPLACE and UPDATE OR REPLACE, which remove rows without delete triggers."""
    keys = _unique_keys(table)
    if not keys:
        return
    rivals = _Rivals(f"{quoted(table.name)} AS was", _same_key(keys))
    yield _trigger(table, "replace", "BEFORE INSERT", _touch(groups, "was", among=rivals))
    event = f"BEFORE UPDATE OF {_listed(dict.fromkeys(chain.from_iterable(keys)))}"
    others = _Rivals(rivals.table, f"{rivals.condition} AND was.rowid <> OLD.rowid")
    yield _trigger(table, "displace", event, _touch(groups, "was", among=others))


def _trigger(table: Table, kind: str, event: str, body: str, when: str = "") -> Trigger:
    condition = f" WHEN {when}" if when else ""
    definition = f"{event} ON {quoted(table.name)} FOR EACH ROW{condition} BEGIN {body}; END"
    name = trigger_name(table.name, kind, definition)
    return Trigger(table.name, name, (f"CREATE TRIGGER {quoted(name)} {definition}",))


class _Rivals(NamedTuple):
    """Rows that stand in the way of the new one: the table, called `was`, and which of them."""

    table: str
    condition: str


def _touch(groups: Sequence[RuleGroup], *rows: str, among: _Rivals | None = None) -> str:
    """Write the tags of the rows called `rows`, each once."""
    queries = [
        tag_select(rule, row).where(holds(group.when, row))
        for group in groups
        for rule in group.rules
        for row in rows
    ]
    if among is not None:
        queries = [query.where(among.condition, among=among.table) for query in queries]
    tags = " UNION ".join(map(str, queries))
    return f"{_INSERT} SELECT {_NOW_S}, tag FROM ({tags}) WHERE tag IS NOT NULL"  # noqa: S608


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(map(quoted, columns))


def _unique_keys(table: Table) -> list[tuple[str, ...]]:
    """The column sets of which the database allows each value only once."""
    constraints = [
        tuple(column.name for column in constraint.columns)
        for constraint in table.constraints
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint)
    ]
    indexes = [
        tuple(column.name for column in index.columns)
        for index in table.indexes
        if index.unique and len(index.columns) == len(index.expressions)
    ]
    return sorted(key for key in (*constraints, *indexes) if key)


def _same_key(keys: Sequence[tuple[str, ...]]) -> str:
    same = (
        " AND ".join(f"was.{quoted(name)} = NEW.{quoted(name)}" for name in key) for key in keys
    )
    return f"({' OR '.join(same)})"
