"""From what the site sends to what the owner is told: one run of the advisor."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlglot.errors import SqlglotError

from plugins.db_opt.advise.access import Access
from plugins.db_opt.advise.asked import Asked, Unread, read_statement, read_statements
from plugins.db_opt.advise.candidates import (
    Known,
    candidates,
    count_uses,
    foreign_keys,
    unique_forms,
)
from plugins.db_opt.advise.choosing import Served, Wishes, choose
from plugins.db_opt.advise.facts import Schema, keys_by_table, read_facts, read_schema
from plugins.db_opt.advise.form import Form, quoted
from plugins.db_opt.advise.ground import Ground, Measuring
from plugins.db_opt.advise.postgres_ground import (
    HypoGround,
    hypopg_home,
    is_hypopg_at_hand,
    scratch_schema,
)
from plugins.db_opt.advise.proving import Proof, Prover
from plugins.db_opt.advise.read_only import ReadOnly, read_only
from plugins.db_opt.advise.rewrites import Rewrite, rewrites
from plugins.db_opt.advise.shape import accesses
from plugins.db_opt.advise.sqlite_ground import SqliteClone, sqlite_copy
from plugins.db_opt.observed import Observed, read_observed
from plugins.db_opt.real_indexes import real_indexes

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from blog_core.api import Site

MOST_STATEMENTS = 300
WRITE_MS = 0.02
"""About what one more index costs each row that is written."""
_SCAN_MS = 0.0001
"""About what reading one row takes when all are read; SQLite's own times lack the fetching."""
_TABLE = re.compile(
    r"(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(?:\"?\w+\"?\.)?\"?(\w+)", re.IGNORECASE
)
_NOT_INSTALLED = (
    "The server has hypopg, and this database does not use it: `CREATE EXTENSION hypopg` makes the "
    "advisor ask the planner for prices."
)
_NOT_THERE = (
    "The server has no hypopg, so nothing is priced; --prove measures on a scratch schema instead."
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An index to build, the statements that it serves, and what was measured of it."""

    form: Form
    ddl: str
    served: Sequence[Served]
    proof: Proof | None = None
    refused: str = ""
    """Why it is not to be built; '' when it is."""


@dataclass(frozen=True, slots=True)
class Advice:
    """Everything that is to be told. `priced_by` is '' when nobody was asked; `hint` is why."""

    proposals: Sequence[Proposal]
    rewrites: Sequence[Rewrite]
    unread: Sequence[Unread]
    statements: Sequence[Asked]
    """All that were looked at; with the look-ups that deleting rows needs."""
    priced_by: str = ""
    hint: str = ""

    @property
    def accepted(self) -> Sequence[Proposal]:
        """What is worth building."""
        return [proposal for proposal in self.proposals if not proposal.refused]


@dataclass(frozen=True)
class Workload:
    """The statements of the site with what each wants of its tables."""

    uses: Mapping[Asked, Sequence[Access]]
    unread: Sequence[Unread]
    deletes: Mapping[str, Observed]
    writes: Mapping[str, int]


def advise(site: "Site", *, proving: bool = False) -> Advice:
    """What the site's own statements miss. Nothing is written, but for a copy with `proving`.

    Raises `AdviceFailed` when the copy cannot be made.
    """
    engine = site.ports.executor.engine
    schema = read_schema(engine)
    workload = read_workload(read_observed(site), schema, engine.dialect.name)
    with read_only(engine) as reading, ExitStack() as stack:
        known = _known(engine, reading, schema, workload)
        wishes, lookups = _wishes(workload, known, engine.dialect.name)
        ground, priced_by, hint = _ground(engine, reading, known, stack)
        statements = [*workload.uses, *lookups]
        with _measuring(engine, site, known, wishes, wanted=proving) as measuring:
            prover = Prover(statements, measuring) if measuring is not None else None

            def propose(form: Form, served: Sequence[Served]) -> Proposal:
                return _proposal(form, served, known, reading, workload)

            proposals = _proposals(wishes, ground or measuring, propose, prover)
        told = [r for asked, uses in workload.uses.items() for r in rewrites(asked, uses, known)]
    return Advice(proposals, told, workload.unread, statements, priced_by, hint)


def read_workload(observed: Sequence[Observed], schema: Schema, dialect: str) -> Workload:
    """What the statements on the blog's own tables want."""
    asked, unread = read_statements(observed, dialect)
    ours = [one for one in asked if one.tables & schema.columns.keys()][:MOST_STATEMENTS]
    uses: dict[Asked, Sequence[Access]] = {}
    odd = []
    for one in ours:
        try:
            uses[one] = list(accesses(one, schema.columns, dialect))
        except SqlglotError:
            odd.append(Unread(one.sql, "its SQL is not understood"))
    deletes, writes = {}, Counter[str]()
    for write in observed:
        found = None if write.is_read else _TABLE.match(write.statement.lstrip())
        if found:
            writes[found[1]] += write.calls
            if write.statement.lstrip()[:6].upper() == "DELETE":
                deletes[found[1]] = write
    return Workload(uses, [*unread, *odd], deletes, writes)


def _known(engine: "Engine", reading: ReadOnly, schema: Schema, workload: Workload) -> Known:
    everything = [use for uses in workload.uses.values() for use in uses]
    keys = [(use.table, test.key) for use in everything for test in use.tests]
    keys += [(use.table, sort.key) for use in everything for sort in use.order]
    keys += [(r.table, r.column) for r in schema.references if r.parent in workload.deletes]
    wanted = {**{use.table: () for use in everything}, **keys_by_table(keys)}
    real = real_indexes(engine, wanted)
    return Known(
        schema,
        read_facts(reading, wanted),
        [index.definition for index in real if index.is_valid],
        count_uses(everything),
    )


def _wishes(
    workload: Workload, known: Known, dialect: str
) -> tuple[Mapping[Asked, Sequence[Form]], Sequence[Asked]]:
    """Each statement with its candidates; and the look-ups that deleting needs."""
    wishes = {asked: unique_forms(candidates(use, known)) for asked, use in workload.uses.items()}
    lookups = []
    for parent, write in workload.deletes.items():
        for form in foreign_keys(parent, known):
            lookup = _lookup(form, write, known, dialect)
            if lookup is not None:
                lookups.append(lookup)
                wishes[lookup] = [form]
    return {asked: forms for asked, forms in wishes.items() if forms}, lookups


def _lookup(form: Form, write: Observed, known: Known, dialect: str) -> Asked | None:
    """What the database itself asks when a row is deleted that others may refer to."""
    column = form.keys[0].sql
    values = [v for v in known.facts[form.table].sample.get(column, ()) if v is not None]
    if not values:
        return None
    mark, params = ("%(value)s", {"value": values[0]}), [values[0]]
    is_postgres = dialect == "postgresql"
    sql = f"SELECT 1 FROM {quoted(form.table)} WHERE {quoted(column)} = "  # noqa: S608
    sql += mark[0] if is_postgres else "?"
    lookup = replace(write, statement=sql, params=mark[1] if is_postgres else params)
    found = read_statement((lookup,), dialect)
    return found if isinstance(found, Asked) else None


def _ground(
    engine: "Engine", reading: ReadOnly, known: Known, stack: ExitStack
) -> tuple[Ground | None, str, str]:
    """Where the planner can be asked without building anything, if anywhere."""
    if engine.dialect.name == "sqlite":
        clone = SqliteClone(engine, reading, known.schema, known.facts)
        stack.callback(clone.close)
        return clone, "a clone of the schema", ""
    home = hypopg_home(reading)
    if home is not None:
        return HypoGround(reading, known.schema, home), "hypopg", ""
    return None, "", _NOT_INSTALLED if is_hypopg_at_hand(reading) else _NOT_THERE


@contextmanager
def _measuring(
    engine: "Engine",
    site: "Site",
    known: Known,
    wishes: Mapping[Asked, Sequence[Form]],
    *,
    wanted: bool,
) -> Iterator[Measuring | None]:
    tables = {form.table for forms in wishes.values() for form in forms}
    if not wanted or not tables:
        yield None
    elif engine.dialect.name == "sqlite":
        with sqlite_copy(engine, known.schema, site.data_dir) as copy:
            yield copy
    else:
        with scratch_schema(engine, known.schema, tables) as scratch:
            yield scratch


def _proposal(
    form: Form, served: Sequence[Served], known: Known, reading: ReadOnly, workload: Workload
) -> Proposal:
    ddl = form.ddl(
        known.schema.columns[form.table],
        schema=reading.schema,
        concurrently=reading.is_postgres,
    )
    rows, writes = known.facts[form.table].rows, workload.writes.get(form.table, 0)
    gain_ms = sum(one.asked.calls * max(one.asked.mean_ms, rows * _SCAN_MS) for one in served)
    refused = ""
    if writes * WRITE_MS > gain_ms:
        refused = (
            f"{writes:,} writes of {form.table} would pay more for it than its statements gain"
        )
    return Proposal(form, ddl, served, refused=refused)


def _proposals(
    wishes: Wishes,
    ground: Ground | None,
    propose: Callable[[Form, Sequence[Served]], Proposal],
    prover: Prover | None,
) -> list[Proposal]:
    """What to tell; for a candidate that the proof refuses, the next best one is tried."""
    told: dict[Form, Proposal] = {}
    while True:
        chosen = choose(wishes, ground)
        new = [propose(form, served) for form, served in chosen.items() if form not in told]
        if prover is not None:
            new = [p if p.refused else judged(p, prover.prove(p.form)) for p in new]
        told |= {proposal.form: proposal for proposal in new}
        if prover is None or not any(proposal.refused for proposal in new):
            return list(told.values())
        wishes = {
            asked: [f for f in forms if f not in told or not told[f].refused]
            for asked, forms in wishes.items()
        }


_REFUSALS = {
    "helps": "",
    "harms": "it makes statements slower",
    "trade": "it makes some statements faster and others slower",
    "useless": "measured, it makes nothing faster",
    "impossible": "the database does not build it",
}


def judged(proposal: Proposal, proof: Proof) -> Proposal:
    """The proposal with its proof, refused when that is bad."""
    return replace(proposal, proof=proof, refused=_REFUSALS[proof.verdict])
