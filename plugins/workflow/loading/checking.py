"""The checks of a sub-stage, asked in the pool beside the statements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from blog_core.api import CacheTags, Site, StageCheck, collecting, depend, expire_at, uncacheable
from plugins.workflow.guards import Outcome, ask_check
from plugins.workflow.loading.crew import Awaited, Crew
from plugins.workflow.loading.pool import NotDone
from plugins.workflow.loading.strategies import Errors


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a check gave, and what it depends on: that was collected in another thread."""

    outcome: Outcome
    cache_tags: CacheTags
    reasons: tuple[str, ...]
    not_after: datetime | None

    def inherit(self) -> None:
        """Let the load that shows it depend on the same."""
        depend(*self.cache_tags)
        for reason in self.reasons:
            uncacheable(reason)
        if self.not_after is not None:
            expire_at(self.not_after)


class CheckRound:
    """The checks that a stage may show; which of them it does is known with its definition."""

    def __init__(self, site: Site, crew: Crew, post_id: int, checks: Iterable[StageCheck]) -> None:
        self._site, self._crew, self._post_id = site, crew, post_id
        self._checks = {check.name: check for check in checks}
        self._begun: dict[str, Awaited[_Answer]] = {}

    def begin(self) -> None:
        """Ask all of them at once."""
        self._begun = {name: self._ask(check) for name, check in self._checks.items()}

    def finish(self, names: Iterable[str], errors: Errors) -> dict[str, Mapping[str, object]]:
        """What these checks gave, by name; those that gave nothing are named among the errors.

        Without `begin` they are asked here, one after the other.
        """
        given: dict[str, Mapping[str, object]] = {}
        for name in names:
            awaited = self._begun.get(name) or self._ask(self._checks[name])
            try:
                answer = awaited.result()
            except NotDone as error:
                errors[name] = str(error)
                continue
            answer.inherit()
            if answer.outcome.value is None:
                errors[name] = answer.outcome.error
            else:
                given[name] = answer.outcome.value
        return given

    def _ask(self, check: StageCheck) -> Awaited[_Answer]:
        site, post_id = self._site, self._post_id

        def call() -> _Answer:
            with collecting() as collected:
                outcome = ask_check(check, site, post_id)
            reasons, not_after = tuple(collected.reasons), collected.not_after
            return _Answer(outcome, collected.cache_tags, reasons, not_after)

        return self._crew.submit(check.name, call, timeout_s=check.timeout_s)
