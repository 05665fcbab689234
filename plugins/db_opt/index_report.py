"""Declared indexes compared with real ones, by what they are and not by what they are called."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Index, Table

from blog_core.api import Base
from plugins.db_opt.index_definition import Definition, definition_of
from plugins.db_opt.real_indexes import RealIndex, real_indexes, statistics_since

if TYPE_CHECKING:
    from blog_core.api import Site

UNUSED_AFTER = timedelta(days=14)
"""Statistics younger than this say nothing: a report of the month has not run yet."""


@dataclass(frozen=True, slots=True)
class Declared:
    """An index that a model or a plugin asks for, and the query it is for (where that is said)."""

    index: Index
    definition: Definition
    query: str = ""

    @property
    def name(self) -> str:
        return str(self.index.name)


@dataclass(frozen=True, slots=True)
class IndexReport:
    """The comparison. `missing` and `changed` are what `--apply` builds."""

    present: Sequence[tuple[Declared, RealIndex]]
    missing: Sequence[Declared]
    changed: Sequence[tuple[Declared, RealIndex]]
    invalid: Sequence[RealIndex]
    unused: Sequence[RealIndex]
    covered: Sequence[tuple[RealIndex, RealIndex]]
    statistics_since: datetime | None

    @property
    def is_complete(self) -> bool:
        """Whether everything declared is there and works."""
        return not (self.missing or self.changed or self.invalid)


def compare_indexes(site: "Site", *, unused_after: timedelta = UNUSED_AFTER) -> IndexReport:
    """The report on all tables of the blog and of its enabled plugins."""
    engine = site.ports.executor.engine
    declared = list(declared_indexes(site))
    everything = real_indexes(engine, {table.name for table in blog_tables(site)})
    real = [index for index in everything if index.is_valid]
    since = statistics_since(engine)
    names = {index.name: index for index in real}
    by_definition = {index.definition: index for index in reversed(real)}
    by_definition |= {i.definition: i for i in real if i.name in {d.name for d in declared}}
    present = [(d, by_definition[d.definition]) for d in declared if d.definition in by_definition]
    absent = [d for d in declared if d.definition not in by_definition]
    return IndexReport(
        present=present,
        missing=[d for d in absent if d.name not in names],
        changed=[(d, names[d.name]) for d in absent if d.name in names],
        invalid=[i for i in everything if not i.is_valid and not i.is_building],
        unused=list(_unused(real, old=since is not None and _age(since) >= unused_after)),
        covered=list(_covered(real, keep={real.name for _, real in present})),
        statistics_since=since,
    )


def declared_indexes(site: "Site") -> Iterator[Declared]:
    """Those of the models, then those that plugins declare with the query that needs them."""
    dialect = site.ports.executor.engine.dialect
    told = {one.index.name: one.query for one in site.host.contributions.indexes}
    for table in blog_tables(site):
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            query = told.pop(index.name, "") or str(index.info.get("query", ""))
            yield Declared(index, definition_of(index, dialect), query)
    for one in site.host.contributions.indexes:
        if one.index.name in told:
            yield Declared(one.index, definition_of(one.index, dialect), one.query)


def blog_tables(site: "Site") -> Sequence[Table]:
    """The core's tables and those of the enabled plugins, by name."""
    core = [
        mapper.local_table
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("blog_core.")
    ]
    tables = [t for t in core if isinstance(t, Table)] + list(site.host.contributions.tables)
    return sorted(tables, key=lambda table: table.name)


def _unused(real: Sequence[RealIndex], *, old: bool) -> Iterator[RealIndex]:
    """Never scanned. What guards uniqueness works without being scanned."""
    for index in real if old else ():
        if index.scans == 0 and not index.is_constraint and not index.definition.unique:
            yield index


def _covered(real: Sequence[RealIndex], keep: set[str]) -> Iterator[tuple[RealIndex, RealIndex]]:
    """Those that another one makes superfluous; of two equal ones the declared one stays."""
    gone: set[str] = set()
    for index in real:
        if index.is_constraint or index.name in keep:
            continue
        for other in real:
            is_other = other is not index and other.name not in gone
            if is_other and other.definition.covers(index.definition):
                gone.add(index.name)
                yield index, other
                break


def _age(since: datetime) -> timedelta:
    return datetime.now(since.tzinfo) - since
