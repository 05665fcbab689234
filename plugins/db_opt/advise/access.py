"""One use of a table in a statement: what it compares, in which order it wants the rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Test:
    """A condition on one column or expression (`key`).

    `many`: one of several values. `value` is a sample, when `is_known`; that of a range is its two
    ends, None for an open one. `always` is the condition as SQL, when it is the same at each call;
    `so_far`, when it was. `joined` is the other table of a join.
    """

    key: str
    kind: Literal["equal", "many", "range", "null"]
    value: Any = None
    is_known: bool = False
    always: str = ""
    so_far: str = ""
    joined: str = ""


@dataclass(frozen=True, slots=True)
class Sort:
    """One step of an order. `nulls` is said where it is not what the database does by itself."""

    key: str
    desc: bool = False
    nulls: str = ""


@dataclass(frozen=True)
class Access:
    """One use of a table in a statement."""

    table: str
    alias: str
    tests: tuple[Test, ...] = ()
    order: tuple[Sort, ...] = ()
    is_limited: bool = False
    is_inner: bool = False
    """Whether it stands in a subquery that runs once for each row of another table."""
    scope: int = 0
    others: Mapping[str, str] = field(default_factory=dict)
    """The other tables of the same list, by their aliases."""
