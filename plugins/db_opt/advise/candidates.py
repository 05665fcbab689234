"""The indexes that a statement could use, by its structure, with what the tables hold.

Equalities come first, then the order with its directions, or one range. What an index would not
narrow down is no candidate: it would be read beside the whole table.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from plugins.db_opt.advise.access import Access, Sort, Test
from plugins.db_opt.advise.facts import Schema, TableFacts
from plugins.db_opt.advise.form import Form, Key
from plugins.db_opt.index_definition import Definition, condition

MAX_COLUMNS = 3
FEW_ROWS = 1_000
"""Tables of fewer rows are read faster than an index is; so many rows may drive a join."""
SMALL_SHARE = 0.1
"""An index that leaves more than this share of the rows is read beside most of the table."""
FOUND_ROWS = 20
_PARTIAL_SHARE = 0.2
_STATES = 10
"""A column of more values is no state: an index for one of them would be one for each."""


@dataclass(frozen=True)
class Known:
    """What candidates are judged by."""

    schema: Schema
    facts: Mapping[str, TableFacts]
    existing: Sequence[Definition]
    uses: Mapping[tuple[str, str], int]
    """How many statements compare a column for equality: more used ones come first."""


def count_uses(accesses: Iterable[Access]) -> Mapping[tuple[str, str], int]:
    """How often each column of each table is compared for equality."""
    return Counter(
        (access.table, test.key)
        for access in accesses
        for test in access.tests
        if test.kind in {"equal", "many"}
    )


def candidates(statement: Sequence[Access], known: Known) -> Iterator[Form]:
    """What each use of a table in one statement could be served by, the best first for each."""
    by_alias = {(access.scope, access.alias): access for access in statement}
    for access in statement:
        if known.facts[access.table].rows >= FEW_ROWS:
            others = {
                alias: by_alias[access.scope, alias]
                for alias in access.others
                if (access.scope, alias) in by_alias
            }
            yield from _Finder(access, others, known).missing()


def driving_rows(access: Access, known: Known) -> float:
    """How many rows of a table a statement begins with, judged by its own conditions."""
    facts = known.facts[access.table]
    fixed = {t.key: t.value for t in access.tests if t.kind == "equal" and t.is_known}
    unknown = [t.key for t in access.tests if t.kind == "equal" and not (t.is_known or t.joined)]
    share = facts.share(fixed, unknown) if fixed or unknown else 1.0
    for test in access.tests:
        if test.kind == "range" and test.is_known:
            share = min(share, facts.share_between(test.key, *test.value))
        elif test.kind == "many":
            share = min(share, 10 / facts.distinct(test.key))
    return facts.rows * share


class _Finder:
    """Finds the forms for one use of a table."""

    def __init__(self, access: Access, others: Mapping[str, Access], known: Known) -> None:
        self._access, self._others, self._known = access, others, known
        self._facts = known.facts[access.table]
        self._primary_key = known.schema.primary_keys.get(access.table, ())
        tests = [test for test in access.tests if self._is_usable(test)]
        self._equal = self._sorted({t.key: t for t in tests if t.kind == "equal"}.values())
        self._many = self._sorted({t.key: t for t in tests if t.kind == "many"}.values())
        self._ranges = [t for t in tests if t.kind == "range"]
        self._nulls = [t for t in tests if t.kind == "null"]
        self._never_null = [t.key for t in access.tests if t.kind != "equal" or t.value is not None]
        fixed = {test.key for test in self._equal}
        self._order = [sort for sort in access.order if sort.key not in fixed]

    def missing(self) -> Iterator[Form]:
        """The forms up to one that is there already: behind it come such as are worth less."""
        if not (self._is_single_row() or self._is_found()):
            yield from takewhile(lambda form: not self._is_served(form), self._forms())

    def _forms(self) -> Iterator[Form]:
        yield from self._partial()
        yield from self._ordered(self._equal)
        yield from self._narrowing(self._equal)

    def _is_served(self, form: Form) -> bool:
        """Whether an index does it already, be it one of only the rows that are wanted here."""
        existing = self._known.existing
        return _is_served(form, existing) or any(
            _is_served(same, [one for one in existing if one.where == condition(same.where)])
            for same in self._same(form)
        )

    def _same(self, form: Form) -> Iterator[Form]:
        """Other indexes that would do the same for this statement."""
        for test in self._equal:
            keys = tuple(key for key in form.keys if key.sql != test.key)
            if form.where and form.where == test.always:
                yield replace(form, keys=(Key(test.key), *keys), equal=form.equal + 1, where="")
            elif not form.where and keys != form.keys and keys and test.so_far:
                yield replace(form, keys=keys, equal=form.equal - 1, where=test.so_far)
        for key in self._never_null:
            yield replace(form, where=f"{key} IS NOT NULL")

    def _is_single_row(self) -> bool:
        """A unique index finds the one row already."""
        equal = {test.key.lower() for test in self._equal}
        unique = [
            definition.columns
            for definition in self._known.existing
            if definition.table == self._access.table and definition.unique and not definition.where
        ]
        found = [*unique, self._primary_key]
        return any(columns and equal.issuperset(columns) for columns in found)

    def _is_found(self) -> bool:
        """An index leaves so few rows already that neither order nor another column matters."""
        equal = {test.key.lower(): test.key for test in self._equal}
        for one in self._known.existing:
            if one.table == self._access.table and not one.where:
                prefix = takewhile(lambda column: column.partition(" ")[0] in equal, one.columns)
                keys = [equal[column.partition(" ")[0]] for column in prefix]
                if keys and self._facts.rows * self._facts.share({}, keys) <= FOUND_ROWS:
                    return True
        return False

    def _is_usable(self, test: Test) -> bool:
        """A join is looked up by an index where few rows ask, and not where all rows do."""
        other = self._others.get(test.joined)
        if not test.joined or other is None:
            return True
        if self._is_page(other):
            return True
        rows, all_rows = driving_rows(other, self._known), self._known.facts[other.table].rows
        return rows <= FEW_ROWS and rows <= SMALL_SHARE * all_rows

    @staticmethod
    def _is_page(other: Access) -> bool:
        """The first rows of an order, which are joined one by one."""
        return other.is_limited and bool(other.order)

    def _sorted(self, tests: Iterable[Test]) -> list[Test]:
        """Those that more statements compare first, then the more selective ones."""
        table = self._access.table
        return sorted(
            tests,
            key=lambda t: (-self._known.uses.get((table, t.key), 0), -self._facts.distinct(t.key)),
        )

    # --- forms ---

    def _ordered(
        self, equal: Sequence[Test], where: str = "", share: float | None = None
    ) -> Iterator[Form]:
        """Equalities, then the order: the first rows are at hand, and nothing is sorted."""
        if not self._order or self._many or len(equal) >= MAX_COLUMNS:
            return
        is_own_order = self._order[0].key in self._primary_key[:1]
        if (is_own_order or not self._access.is_limited) and self._share(equal) > SMALL_SHARE:
            return  # the table's own order brings the first rows soon enough
        tail = [Key(s.key, s.desc, s.nulls) for s in self._tail(self._order, MAX_COLUMNS)]
        keys = tuple([*_keys(equal), *tail][:MAX_COLUMNS])
        yield Form(self._access.table, keys, len(equal), where, _why(equal, "order", where))

    def _narrowing(self, equal: Sequence[Test], where: str = "") -> Iterator[Form]:
        """Equalities, then one range, or a column that has one of several values."""
        more = [*self._many[:1], *self._ranges[:1]][:1]
        chosen = [*equal, *more][:MAX_COLUMNS]
        if not chosen or self._share(equal, more) > SMALL_SHARE:
            return
        count = len(equal[:MAX_COLUMNS])
        kind = {"range": "range", "many": "several values"}
        tail = kind[more[0].kind] if more and len(equal) < MAX_COLUMNS else ""
        yield Form(self._access.table, _keys(chosen), count, where, _why(equal, tail, where))

    def _partial(self) -> Iterator[Form]:
        """Only the rows of a condition that is always the same, where these are few."""
        for test in [*self._nulls, *self._equal]:
            if not test.always or self._rows_of(test) > _PARTIAL_SHARE:
                continue
            equal = [one for one in self._equal if one is not test]
            yield from self._ordered(equal, test.always)
            if equal or self._ranges:
                yield from self._narrowing(equal, test.always)

    def _rows_of(self, test: Test) -> float:
        """The share of rows that a partial index would hold."""
        if test.kind == "null":
            return 1 - self._facts.share({test.key: None}, ())
        if test.value is not None and self._facts.distinct(test.key) > _STATES:
            return 1.0
        return self._facts.share({test.key: test.value}, ()) if test.is_known else 1.0

    def _share(self, equal: Sequence[Test], more: Sequence[Test] = ()) -> float:
        known = {test.key: test.value for test in equal if test.is_known}
        unknown = [test.key for test in equal if not test.is_known]
        share = self._facts.share(known, unknown)
        for test in more:
            if test.kind == "many":
                share *= min(1.0, 10 / self._facts.distinct(test.key))
            elif test.is_known:
                share *= self._facts.share_between(test.key, *test.value)
        return share

    def _tail(self, order: Sequence[Sort], most: int) -> Sequence[Sort]:
        """The order up to the primary key: behind that nothing is left to be sorted."""
        for number, sort in enumerate(order):
            if (sort.key,) == self._primary_key:
                return order[: number + 1][:most]
        return order[:most]


def foreign_keys(parent: str, known: Known) -> Iterator[Form]:
    """What the database looks up in other tables when a row of `parent` is deleted."""
    for reference in known.schema.references:
        facts = known.facts.get(reference.table)
        if reference.parent == parent and facts is not None and facts.rows >= FEW_ROWS:
            form = Form(reference.table, (Key(reference.column),), 1, "", "foreign key")
            if not _is_served(form, known.existing):
                yield form


def _is_served(form: Form, existing: Sequence[Definition]) -> bool:
    return any(form.is_served_by(definition) for definition in existing)


def _keys(tests: Sequence[Test]) -> tuple[Key, ...]:
    return tuple(Key(test.key) for test in tests)


def _why(equal: Sequence[Test], tail: str, where: str) -> str:
    joins = any(test.joined for test in equal)
    parts = ["join" if joins else "equality"] if equal else []
    parts += [tail] if tail else []
    parts += ["some rows only"] if where else []
    return ", ".join(parts)


def unique_forms(forms: Iterable[Form]) -> list[Form]:
    """Each definition once, in the order in which they come."""
    seen: dict[Definition, Form] = {}
    for form in forms:
        seen.setdefault(form.definition, form)
    return list(seen.values())
