"""One sub-stage with everything about it: from the cache, else built once, late parts left out."""

from collections.abc import Mapping
from dataclasses import dataclass

from blog_core.api import (
    NAMESPACES,
    NotFound,
    QueryExecutor,
    Site,
    StageCheck,
    cached,
    collecting,
    in_writing_transaction,
    uncacheable,
)
from plugins.workflow.catalogue import Catalogue
from plugins.workflow.counts import Counts
from plugins.workflow.loading.assembling import assemble
from plugins.workflow.loading.checking import CheckRound
from plugins.workflow.loading.crew import Crew
from plugins.workflow.loading.pool import NestedLoading, Pool
from plugins.workflow.loading.statements import PartReader
from plugins.workflow.loading.strategies import STRATEGIES, Errors, Strategy
from plugins.workflow.standing import definition_of

INSIDE_A_TRANSACTION = "not asked inside a transaction"


@dataclass(frozen=True, slots=True)
class StageLoading:
    """Loads sub-stages by one strategy, with the threads of one pool."""

    executor: QueryExecutor
    catalogue: Catalogue
    checks: Mapping[str, StageCheck]
    pool: Pool
    strategy: Strategy = "single"
    deadline_s: float = 2.0
    counts: Counts | None = None

    def load(self, site: Site, post_id: int, stage_id: str) -> dict[str, object]:
        """The sub-stage. Kept until the post or its workflow changes, if every part came.

        Raises `UnknownStage` with the stages that there are, `NotFound` for an unknown post.
        """
        self.catalogue.check_stage(stage_id)
        if type(post_id) is not int:
            raise NotFound("post", post_id)
        if self.pool.is_inside:
            raise NestedLoading
        if in_writing_transaction():
            return self._inside_transaction(site, post_id, stage_id)
        with collecting() as collected:
            stage = self._kept(site, post_id, stage_id)
        if self.catalogue.cache_tag in collected.cache_tags:
            return stage
        # It was kept before the definitions were changed, on a shelf that outlived the process.
        site.ports.cache.invalidate(frozenset({f"workflow:{post_id}"}))
        return self._kept(site, post_id, stage_id)

    def _kept(self, site: Site, post_id: int, stage_id: str) -> dict[str, object]:
        tags = {f"post:{post_id}", f"workflow:{post_id}", self.catalogue.cache_tag}
        return cached(
            site,
            NAMESPACES["workflow"],
            f"{post_id}:{stage_id}",
            lambda: self._build(site, post_id, stage_id),
            cache_tags=frozenset(tags),
        )

    def reader(self, post_id: int, stage_id: str) -> PartReader:
        """The parts one by one. Raises `UnknownStage`."""
        self.catalogue.check_stage(stage_id)
        if type(post_id) is not int:
            raise NotFound("post", post_id)
        return PartReader(self.executor, post_id, stage_id)

    def _build(self, site: Site, post_id: int, stage_id: str) -> dict[str, object]:
        reader = PartReader(self.executor, post_id, stage_id)
        crew = Crew(site, self.pool, self.deadline_s)
        reading = STRATEGIES[self.strategy](reader, crew)
        checks = CheckRound(site, crew, post_id, self._candidates(stage_id))
        errors: Errors = {}
        reading.begin()
        if self.strategy != "sequential":
            checks.begin()
        parts = reading.finish(errors)
        if parts.is_torn:  # a change came between two statements
            parts = reader.single()
        definition = definition_of(self.catalogue, parts.basic)
        given = checks.finish(definition.find(stage_id).checks, errors)
        if self.counts is not None:
            (self.counts.partial if errors else self.counts.complete).inc()
        if errors:
            uncacheable(f"parts of the stage are missing: {', '.join(errors)}")
        return assemble(definition, stage_id, parts, given, errors)

    def _inside_transaction(self, site: Site, post_id: int, stage_id: str) -> dict[str, object]:
        """What the transaction sees. Other connections do not see it, so no check is asked."""
        parts = PartReader(self.executor, post_id, stage_id).single()
        definition = definition_of(self.catalogue, parts.basic)
        names = definition.find(stage_id).checks
        errors = dict.fromkeys(names, INSIDE_A_TRANSACTION)
        return assemble(definition, stage_id, parts, {}, errors)

    def _candidates(self, stage_id: str) -> list[StageCheck]:
        """The checks of this sub-stage in any definition: which one holds, its row will tell."""
        names: dict[str, None] = {}
        for definition in self.catalogue.definitions.values():
            part = definition.parts.get(stage_id)
            names |= dict.fromkeys(part.checks if part else ())
        return [self.checks[name] for name in names]
