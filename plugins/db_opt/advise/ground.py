"""Where wanted indexes are tried: what a ground can do, and what it answers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from plugins.db_opt.advise.asked import Asked
from plugins.db_opt.advise.form import Form

_INDEX = re.compile(r"USING (?:COVERING )?INDEX (\S+)")


@dataclass(frozen=True, slots=True)
class Plan:
    """How the database would run a statement. SQLite gives no price."""

    text: str
    indexes: frozenset[str]
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """One statement as it ran: the best of a few times. `blocks` None: they cannot be counted.

    A statement that was stopped has run for at least `ms`.
    """

    ms: float
    blocks: int | None
    was_stopped: bool = False


class Ground(Protocol):
    """A place where an index costs nobody anything."""

    def plan(self, asked: Asked) -> Plan | None:
        """How a statement would run; None when the database refuses it here."""
        ...

    def add(self, form: Form) -> str | None:
        """Put an index there; its name in plans. None when the database refuses it."""
        ...

    def clear(self) -> None:
        """Take away what was added."""
        ...


class Measuring(Ground, Protocol):
    """A ground with rows in it."""

    def drop(self, form: Form) -> None:
        """Take one index away."""
        ...

    def measure(self, asked: Asked) -> Measured:
        """Run a statement a few times. Raises `Refused` when it is wrong for this database."""
        ...


def sqlite_plan(rows: list[tuple[Any, ...]]) -> Plan:
    """The plan that `EXPLAIN QUERY PLAN` gave."""
    lines = [str(row[3]) for row in rows]
    found = frozenset(name for line in lines for name in _INDEX.findall(line))
    return Plan("; ".join(lines), found)


def postgres_plan(root: Mapping[str, Any]) -> Plan:
    """The plan that `EXPLAIN (FORMAT JSON)` gave."""
    nodes = list(_nodes(root))
    names = frozenset(str(node["Index Name"]) for node in nodes if "Index Name" in node)
    return Plan("; ".join(_step(node) for node in nodes), names, float(root["Total Cost"]))


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for inner in node.get("Plans", ()):
        yield from _nodes(inner)


def _step(node: Mapping[str, Any]) -> str:
    told = [str(node["Node Type"])]
    told += [f"on {node['Relation Name']}"] if "Relation Name" in node else []
    told += [f"using {node['Index Name']}"] if "Index Name" in node else []
    return " ".join(told)
