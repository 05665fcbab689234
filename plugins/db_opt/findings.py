"""What was noticed about statements: slow, repeated, more than the route's budget.

Each is a record in a ring that all workers share; `blog db slow` reads them.
"""

import logging
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from flask import current_app, has_app_context

from plugins.db_opt.counts import KINDS
from plugins.db_opt.places import Way, told

if TYPE_CHECKING:
    from blog_core.api import Metrics, Ring, Site

Kind = Literal["slow", "repeated", "over_budget", "lazy_load", "plan_changed"]
CORE = "core"
EXTENSION = "blog_db_opt"
"""Where the app keeps what belongs to each of its blogs."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed. `times` is how often the statement ran in its request."""

    kind: Kind
    statement: str
    route: str
    plugin: str
    where: str
    ms: float = 0.0
    times: int = 1
    plan: str = ""
    told: str = ""
    at: float = 0.0


class Findings:
    """Keeps findings, counts them, and logs each place once.

    `strict` asks those who find something forbidden to raise an error.
    """

    def __init__(
        self, metrics: "Metrics", logger: logging.Logger, blog: str, *, strict: bool
    ) -> None:
        self._logger, self._blog, self.strict = logger, blog, strict
        self._ring = finding_ring(metrics)
        self._counts = {
            kind: metrics.counter("blog_db_opt_findings_total", kind=kind) for kind in KINDS
        }
        self._logged: set[tuple[str, str]] = set()

    def note(self, kind: Kind, statement: str, route: str, way: Way, **more: Any) -> None:
        """Keep one; `more` are the other fields of `Finding`."""
        where, plugin = told(way), self.plugin_of(way)
        self.keep(Finding(kind, " ".join(statement.split()), route, plugin, where, **more))
        if kind != "slow" and (kind, where) not in self._logged and len(self._logged) < 1000:
            self._logged.add((kind, where))
            self._logger.warning("%s for %s at %s: %s", _SAID[kind], route, where, statement[:300])

    def keep(self, finding: Finding) -> None:
        """Keep and count one; when it was found is noted by the ring."""
        self._counts[finding.kind].inc()
        record = asdict(finding)
        del record["at"]
        self._ring.append(record)

    @classmethod
    def of(cls, site: "Site") -> "Findings":
        """Those of a blog."""
        found: Findings = site.app.extensions[EXTENSION][site.name]
        return found

    def plugin_of(self, way: Way) -> str:
        """Whose code the way leads through first: a plugin's name, else `core`."""
        return plugin_of(way, self._site())

    def _site(self) -> "Site | None":
        if not has_app_context():
            return None
        site: Site | None = current_app.extensions.get("blog", {}).get(self._blog)
        return site


_SAID = {
    "repeated": "The same statement again and again",
    "over_budget": "More statements than the route may send",
    "lazy_load": "A lazy load on a public page",
}


def finding_ring(metrics: "Metrics") -> "Ring":
    """The last findings of all workers."""
    return metrics.ring("db_findings", records=256)


def read_findings(site: "Site") -> Sequence[Finding]:
    """Those of all workers, the newest first."""
    records = finding_ring(site.metrics).read()
    return [Finding(**record) for record in records if record.get("kind") in KINDS]


def newest_by_place(findings: Iterable[Finding]) -> list[Finding]:
    """One of each kind, statement and line; `findings` begin with the newest."""
    places: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        places.setdefault((finding.kind, finding.statement, finding.where), finding)
    return list(places.values())


def plugin_of(way: Way, site: "Site | None") -> str:
    """Whose code the way leads through first: a plugin's name, else `core`."""
    if site is None:
        return CORE
    homes = [(status.name, _home(status.file)) for status in site.host.statuses if status.file]
    for place in way:
        if place.module == "flask.app":
            break  # what is outside serves every page: it wants no statement
        for name, home in homes:
            if place.code.co_filename.startswith(home):
                return name
    return CORE


def _home(file: str) -> str:
    """The folder of a plugin that is a package, else its file."""
    folder, name = os.path.split(file)
    return f"{folder}{os.sep}" if name == "__init__.py" else file
