"""What an index is, apart from its name: table, columns with their directions, predicate."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ClauseElement, Column, Dialect, Index

_CAST = re.compile(
    r"::[a-z_]+(?: varying| precision| with(?:out)? time zone)?(?:\(\d+\))?(?:\[\])?"
)
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Definition:
    """Two indexes with the same definition do the same. Texts are spelt in one way."""

    table: str
    columns: tuple[str, ...]
    unique: bool = False
    where: str = ""
    method: str = "btree"

    def covers(self, other: "Definition") -> bool:
        """Whether this one does all that `other` does, so that `other` only costs writes."""
        if other.unique and not (self.unique and self.columns == other.columns):
            return False
        same = (self.table, self.where, self.method) == (other.table, other.where, other.method)
        return same and self.columns[: len(other.columns)] == other.columns

    def __str__(self) -> str:
        unique = "unique " if self.unique else ""
        where = f" where {self.where}" if self.where else ""
        return f"{unique}{self.table} ({', '.join(self.columns)}){where}"


def definition_of(index: Index, dialect: Dialect) -> Definition:
    """The definition of an index that a model declares."""
    options: Any = index.dialect_options[dialect.name]
    return Definition(
        table=index.table.name if index.table is not None else "",
        columns=tuple(_column(part, dialect) for part in index.expressions),
        unique=bool(index.unique),
        where=condition(_sql(options.get("where"), dialect)),
        method=str(options.get("using") or "btree"),
    )


def column(text: str) -> str:
    """One column or expression, spelt in one way: `updated_at desc`."""
    plain = _SPACE.sub(" ", text.replace('"', "").strip()).lower()
    return plain.removesuffix(" asc")


def condition(text: str) -> str:
    """A predicate without the casts, brackets and blanks that a database adds."""
    plain = _CAST.sub("", text.replace('"', ""))
    for bracket in "()":
        plain = plain.replace(bracket, " ")
    return _SPACE.sub(" ", plain).strip()


def _column(part: Any, dialect: Dialect) -> str:
    return column(part.name if isinstance(part, Column) else _sql(part, dialect))


def _sql(part: ClauseElement | None, dialect: Dialect) -> str:
    if part is None:
        return ""
    return str(part.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
