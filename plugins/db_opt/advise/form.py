"""An index that is not there: its columns, and the SQL that makes it."""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from plugins.db_opt.index_definition import Definition, condition

_PLAIN = re.compile(r"\W+")
PREFIX = "advised_"
_NAME_LENGTH = 63


@dataclass(frozen=True, slots=True)
class Key:
    """One column or expression of an index, with its direction."""

    sql: str
    desc: bool = False
    nulls: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.sql, "desc" if self.desc else "", self.nulls)))

    @property
    def reversed(self) -> str:
        """The same when the index is read backwards."""
        nulls = {"nulls first": "nulls last", "nulls last": "nulls first"}.get(self.nulls, "")
        return str(Key(self.sql, not self.desc, nulls))


@dataclass(frozen=True, slots=True)
class Form:
    """A wanted index. The first `equal` keys are compared with one value each, in any order."""

    table: str
    keys: tuple[Key, ...]
    equal: int = 0
    where: str = ""
    why: str = ""

    @property
    def definition(self) -> Definition:
        """What it is, for comparing with indexes that there are."""
        return Definition(
            self.table,
            tuple(str(key).lower() for key in self.keys),
            where=condition(self.where),
        )

    @property
    def name(self) -> str:
        """A name that says what it is, and is not too long for a database."""
        words = [self.table, *(key.sql for key in self.keys), *(["some"] if self.where else [])]
        name = PREFIX + "_".join(_PLAIN.sub("_", word).strip("_") for word in words)
        digest = hashlib.blake2b(str(self.definition).encode(), digest_size=3).hexdigest()
        return f"{name[: _NAME_LENGTH - 7]}_{digest}"

    def is_served_by(self, other: Definition) -> bool:
        """Whether an index does already what this one is wanted for."""
        if other.table != self.table or other.where not in {"", condition(self.where)}:
            return False
        if other.method != "btree":
            return False
        head, tail = other.columns[: self.equal], other.columns[self.equal : len(self.keys)]
        if {_bare(column) for column in head} != {k.sql.lower() for k in self.keys[: self.equal]}:
            return False
        wanted = self.keys[self.equal :]
        return tail in {
            tuple(str(key).lower() for key in wanted),
            tuple(key.reversed.lower() for key in wanted),
        }

    def ddl(
        self, columns: Collection[str], *, schema: str | None = None, concurrently: bool = False
    ) -> str:
        """`CREATE INDEX`. Names are those of the catalogue, quoted; `columns` are the table's."""
        keys = ", ".join(_key_sql(key, columns) for key in self.keys)
        where = f" WHERE {self.where}" if self.where else ""
        table = f"{quoted(schema)}.{quoted(self.table)}" if schema else quoted(self.table)
        create = "CREATE INDEX CONCURRENTLY" if concurrently else "CREATE INDEX"
        return f"{create} {quoted(self.name)} ON {table} ({keys}){where}"

    def told(self) -> str:
        """As people write it: without quotes."""
        where = f" WHERE {self.where}" if self.where else ""
        keys = ", ".join(
            key.sql + (" DESC" if key.desc else "") + (f" {key.nulls.upper()}" if key.nulls else "")
            for key in self.keys
        )
        return f"{self.table} ({keys}){where}"


def quoted(name: str) -> str:
    """A name as SQL, whatever it is."""
    return '"' + name.replace('"', '""') + '"'


def _key_sql(key: Key, columns: Collection[str]) -> str:
    sql = quoted(key.sql) if key.sql in columns else f"({key.sql})"
    return " ".join(filter(None, (sql, "DESC" if key.desc else "", key.nulls.upper())))


def _bare(column: str) -> str:
    return column.partition(" desc")[0].partition(" nulls")[0]


def merged(forms: Mapping[Form, float]) -> list[Form]:
    """Those that no other one covers, the weightiest first; of two equal ones the first."""
    ordered = sorted(forms, key=lambda form: (-len(form.keys), -forms[form]))
    kept: list[Form] = []
    for form in ordered:
        if not any(does_all_of(other, form) for other in kept):
            kept.append(form)
    return sorted(kept, key=lambda form: -forms[form])


def does_all_of(wide: Form, narrow: Form) -> bool:
    """Whether one index makes another one superfluous."""
    return wide.definition.covers(narrow.definition) or narrow.is_served_by(wide.definition)
