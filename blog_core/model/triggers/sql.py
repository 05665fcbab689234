"""The parts of trigger SQL that both databases share: tags, conditions and names of one table.

Everything in it is an identifier of the models' metadata or a text written in a rule; nothing
comes from outside the program.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby

from blog_core.cache_tags import PLACEHOLDER, TagRule

NAME_START = "blog_changes_"
SEARCH_START = "blog_search_"
MOST_TAGS = 500
"""A transaction that touches more tags than this touches everything."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger as it should exist: its table, its name (with a digest of `body`), its SQL."""

    table: str
    name: str
    create: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules of one table that share their conditions."""

    columns: tuple[str, ...] | None
    when: str | None
    updates_only: bool
    rules: tuple[TagRule, ...]


def grouped(rules: Iterable[TagRule]) -> list[RuleGroup]:
    """The rules by their conditions, so that each condition is computed once."""

    def conditions(rule: TagRule) -> tuple[tuple[str, ...] | None, str | None, bool]:
        return rule.columns, rule.when, rule.updates_only

    ordered = sorted(
        rules, key=lambda rule: (rule.columns or (), rule.when or "", rule.updates_only)
    )
    return [RuleGroup(*shared, tuple(group)) for shared, group in groupby(ordered, conditions)]


def trigger_name(table: str, kind: str, body: str, *, start: str = NAME_START) -> str:
    """A name that changes when the SQL does, at most 63 characters long."""
    digest = blake2b(f"{table} {kind} {body}".encode(), digest_size=5).hexdigest()
    return f"{start}{table[:30]}_{kind}_{digest}"


def quoted(name: str) -> str:
    """An identifier between double quotes."""
    return '"' + name.replace('"', '""') + '"'


def tag_expression(rule: TagRule, row: str) -> str:
    """The rule's tag as a text expression on the row called `row`; NULL if a column is."""
    parts = PLACEHOLDER.split(rule.tag)
    texts = [f"'{text}'" for text in parts[::2]]
    columns = [f"{row}.{quoted(column)}" for column in parts[1::2]]
    pieces = [piece for pair in zip(texts, [*columns, ""], strict=True) for piece in pair]
    return " || ".join(piece for piece in pieces if piece not in {"", "''"})


@dataclass(frozen=True, slots=True)
class TagSelect:
    """A SELECT of one column, `tag`, still open for more tables and conditions."""

    expression: str
    tables: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()

    def where(self, condition: str, *, among: str = "") -> "TagSelect":
        """The same with one more condition (none if empty), on the rows of one more table."""
        tables = (*self.tables, among) if among else self.tables
        conditions = (*self.conditions, condition) if condition else self.conditions
        return TagSelect(self.expression, tables, conditions)

    def __str__(self) -> str:
        tables = f" FROM {', '.join(self.tables)}" if self.tables else ""
        conditions = f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""
        return f"SELECT {self.expression} AS tag{tables}{conditions}"


def tag_select(rule: TagRule, row: str, *, schema: str = "") -> TagSelect:
    """The rule's tags for the row called `row`; `schema` is the prefix of other tables."""
    if rule.each is None:
        return TagSelect(tag_expression(rule, row))
    table, column, row_column = rule.each
    same = f"other.{quoted(column)} = {row}.{quoted(row_column)}"
    return TagSelect(tag_expression(rule, "other"), (f"{schema}{quoted(table)} AS other",), (same,))


def holds(when: str | None, row: str) -> str:
    """The condition `when` on the row called `row`."""
    return f"({when.replace('{row}', row)})" if when else ""


def differs(columns: Sequence[str], operator: str) -> str:
    """Whether one of the columns changed; `operator` is the database's NULL-safe comparison."""
    return " OR ".join(f"OLD.{quoted(name)} {operator} NEW.{quoted(name)}" for name in columns)
