"""Every statement that the site sends: how often, how long, for which route, with sample values.

Kept in constant space by each worker, and summed over the workers by who reads it. The advisor
asks the database about these statements; so each keeps the values of its first call, and which of
them were others later.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plugins.db_opt.places import told, way_here
from plugins.db_opt.sample_values import kept, revived

if TYPE_CHECKING:
    from blog_core.api import Counted, Metrics, Site, Tallied, Tally
    from plugins.db_opt.findings import Findings

WAY = 40
_IGNORED = 1000
_READS = frozenset({"SELE", "WITH"})
# A writing statement is one with all others of its table: only how many there are counts.
_HEADS = {"INSE": "(", "UPDA": " SET ", "DELE": " WHERE "}
_CATALOGUES = ("pg_", "information_schema", "sqlite_master", "pragma_")


@dataclass(frozen=True, slots=True)
class Observed:
    """One statement for one route, over all workers.

    `params` are sample values as the driver takes them; `varying` names those (the second position
    is `p1`) that are not always the same.
    """

    statement: str
    route: str
    plugin: str
    where: str
    calls: int
    total_s: float
    max_s: float
    params: Mapping[str, Any] | Sequence[Any]
    varying: frozenset[str]

    @property
    def is_read(self) -> bool:
        """Whether it can be asked about: nothing else is ever run again."""
        return verb_of(self.statement) in _READS


class Observer:
    """Counts the statements of this process. Called for each of them, so its usual way is short."""

    def __init__(self, metrics: "Metrics", findings: "Findings") -> None:
        self._tally, self._findings = statement_tally(metrics), findings
        self._ignored: set[str] = set()

    def note(self, verb: str, statement: str, params: Any, elapsed_s: float, route: str) -> None:
        """Count one execution. `params` are as the driver got them."""
        if verb in _HEADS:
            statement, params, route = statement.partition(_HEADS[verb])[0], (), ""
        elif verb not in _READS:
            return
        key = (statement, route)
        entry = self._tally.entry(key) or self._begun(key, params)
        if entry is None:
            return
        calls = self._tally.count(entry, elapsed_s)
        if calls & (calls - 1) == 0 and calls > 1:  # the 2nd, 4th, 8th, ... call
            record = _compared(entry.record, params)
            if record is not None:
                self._tally.rewrite(entry, record)

    def _begun(self, key: tuple[str, str], params: Any) -> "Tallied | None":
        statement, route = key
        if statement in self._ignored:
            return None
        entry = None
        if not asks_catalogue(statement):
            entry = self._tally.begin(key, self._record(statement, params, route))
        if entry is None and len(self._ignored) < _IGNORED:
            self._ignored.add(statement)
        return entry

    def _record(self, statement: str, params: Any, route: str) -> Mapping[str, Any]:
        way = way_here(WAY)
        return {
            "statement": statement,
            "route": route,
            "plugin": self._findings.plugin_of(way),
            "where": told(way),
            "params": _kept(params),
            "varying": [],
        }


def asks_catalogue(statement: str) -> bool:
    """Whether it is about the database itself: what tools ask, and no page of a blog."""
    return any(name in statement for name in _CATALOGUES)


def statement_tally(metrics: "Metrics") -> "Tally":
    """The statements of all workers."""
    return metrics.tally("db_statements", records=512)


def read_observed(site: "Site") -> Sequence[Observed]:
    """Those of all workers, the most expensive first."""
    groups: defaultdict[tuple[str, str], list[Counted]] = defaultdict(list)
    for counted in statement_tally(site.metrics).read():
        groups[counted.record["statement"], counted.record["route"]].append(counted)
    return sorted(map(_summed, groups.values()), key=lambda one: -one.total_s)


def _summed(group: Sequence["Counted"]) -> Observed:
    first = max(group, key=lambda counted: counted.calls).record
    varying = {name for counted in group for name in counted.record["varying"]}
    for counted in group:
        varying |= _different(first["params"], counted.record["params"])
    params = first["params"]
    return Observed(
        statement=first["statement"],
        route=first["route"],
        plugin=first["plugin"],
        where=first["where"],
        calls=sum(counted.calls for counted in group),
        total_s=sum(counted.total_s for counted in group),
        max_s=max(counted.max_s for counted in group),
        params={name: revived(value) for name, value in params.items()}
        if isinstance(params, dict)
        else [revived(value) for value in params],
        varying=frozenset(varying),
    )


def _kept(params: Any) -> Any:
    if isinstance(params, Mapping):
        return {name: kept(value) for name, value in params.items()}
    return [kept(value) for value in params or ()]


def _compared(record: Mapping[str, Any], params: Any) -> Mapping[str, Any] | None:
    """The record with what now turns out to vary; None when nothing new does."""
    known = set(record["varying"])
    varying = known | _different(record["params"], _kept(params))
    return {**record, "varying": sorted(varying)} if varying != known else None


def _different(first: Any, second: Any) -> set[str]:
    """Names or positions at which two samples differ."""
    pairs: Iterable[tuple[Any, Any]]
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        pairs = ((name, second.get(name)) for name in first)
        return {name for name, other in pairs if first[name] != other}
    if len(first) != len(second):
        return {f"p{number}" for number in range(len(first))}
    return {f"p{n}" for n, pair in enumerate(zip(first, second, strict=True)) if pair[0] != pair[1]}


def verb_of(statement: str) -> str:
    """Its first four letters, in capitals."""
    return statement[:40].lstrip()[:4].upper()
