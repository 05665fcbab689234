"""What the database says of the tables that a statement names: columns, sizes, and a sample."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, inspect

from blog_core.api import schema_of
from plugins.db_opt.advise.read_only import ReadOnly

SAMPLE_ROWS = 2_000
_MANY = 1_000_000


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key of one column, seen from the table that holds it."""

    table: str
    column: str
    parent: str


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of the blog, their columns, primary keys and foreign keys of one column."""

    columns: Mapping[str, frozenset[str]]
    primary_keys: Mapping[str, tuple[str, ...]]
    references: Sequence[Reference]


def read_schema(engine: Engine) -> Schema:
    """The schema that the database really has, tables of nobody's model included."""
    looking, schema = inspect(engine), schema_of(engine)
    columns = looking.get_multi_columns(schema=schema)
    keys = looking.get_multi_pk_constraint(schema=schema)
    foreign = looking.get_multi_foreign_keys(schema=schema)
    return Schema(
        {name: frozenset(c["name"] for c in found) for (_, name), found in columns.items()},
        {name: tuple(key["constrained_columns"]) for (_, name), key in keys.items()},
        [
            Reference(name, key["constrained_columns"][0], key["referred_table"])
            for (_, name), found in foreign.items()
            for key in found
            if len(key["constrained_columns"]) == 1
        ],
    )


@dataclass(frozen=True)
class TableFacts:
    """The size of a table, and what some of its rows hold in the columns asked for."""

    table: str
    rows: int
    sample: Mapping[str, Sequence[Any]]

    def distinct(self, key: str) -> int:
        """How many values a column or expression has, judged by the sample."""
        values = self.sample.get(key, ())
        found = len(set(map(repr, values)))
        is_growing = found > len(values) / 2
        return max(1, round(found / len(values) * self.rows) if is_growing else found)

    def share(self, known: Mapping[str, Any], unknown: Iterable[str]) -> float:
        """The share of rows that have these values, and some value each of the other keys."""
        columns = [(self.sample.get(key, ()), value) for key, value in known.items()]
        size = len(next(iter(self.sample.values()), ()))
        share: float = 1.0
        if columns and size:
            hits = sum(all(c[n] == v for c, v in columns) for n in range(size))
            share = max(hits, 0.5) / size
        for key in unknown:
            share /= self.distinct(key)
        return share

    def share_between(self, key: str, low: Any, high: Any) -> float:
        """The share of rows in a range; None is an open end. 1 when it cannot be told."""
        values = [one for one in self.sample.get(key, ()) if one is not None]
        try:
            hits = sum(
                (low is None or one >= low) and (high is None or one <= high) for one in values
            )
        except TypeError:
            return 1.0
        share: float = hits / max(len(values), 1)
        return share


def read_facts(reading: ReadOnly, wanted: Mapping[str, Iterable[str]]) -> Mapping[str, TableFacts]:
    """The facts of each table of `wanted`, with a sample of these columns and expressions."""
    found = {}
    for table, keys in wanted.items():
        rows = reading.row_count(table)
        sample = reading.sample(table, sorted(set(keys)), rows, SAMPLE_ROWS)
        found[table] = TableFacts(table, rows, sample)
    return found


def keys_by_table(pairs: Iterable[tuple[str, str]]) -> Mapping[str, set[str]]:
    """Table and key, grouped by the table."""
    grouped: defaultdict[str, set[str]] = defaultdict(set)
    for table, key in pairs:
        grouped[table].add(key)
    return grouped
