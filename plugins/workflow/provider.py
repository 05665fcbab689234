"""The stage port: sub-stages of the post's definition, and gates on every road to published."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from blog_core.api import (
    Actor,
    FieldError,
    QueryExecutor,
    Refusal,
    Site,
    StageCheck,
    StageValidator,
    ValidationError,
)
from plugins.workflow.catalogue import Catalogue
from plugins.workflow.definition import PUBLISH, State
from plugins.workflow.gates import Keeper, refusal_at
from plugins.workflow.guards import ask_validator
from plugins.workflow.loading import StageLoading
from plugins.workflow.standing import Standing, read_standing
from plugins.workflow.validation import basic_faults

Listener = Callable[[Session, Standing, str, State], None]
"""Told in the transaction that gives a sub-stage another state, for what the rest of the plugin
keeps of it: the board, and whose work it was."""

_PUBLISHING = frozenset({"publish", "schedule"})
_MAY_PUBLISH = frozenset({"author", "editor", "admin", "system"})


class WorkflowStages:
    """Stages from definitions, in the blog's database."""

    def __init__(
        self,
        executor: QueryExecutor,
        catalogue: Catalogue,
        *,
        site: Callable[[], Site],
        loading: StageLoading,
        checks: Mapping[str, StageCheck],
        validators: Sequence[StageValidator] = (),
        keepers: Sequence[Keeper] = (),
        listeners: Sequence[Listener] = (),
    ) -> None:
        self._executor, self.catalogue, self._site = executor, catalogue, site
        self.loading, self.checks = loading, checks
        self.validators, self.keepers = tuple(validators), tuple(keepers)
        self.listeners = tuple(listeners)
        self._has_gates = any(
            gate.before == PUBLISH
            for definition in catalogue.definitions.values()
            for gate in definition.gate
        )

    def load(self, post_id: int, stage_id: str) -> Mapping[str, object]:
        """One sub-stage of a post with all its parts; those that are late are named."""
        return self.loading.load(self._site(), post_id, stage_id)

    def standing(self, post_id: int) -> Standing:
        """Where a post stands, in one statement; inside a transaction as that one sees it."""
        return read_standing(self._executor, self.catalogue, post_id)

    def validate(self, data: Mapping[str, object]) -> bool:
        """True, or `ValidationError` with every fault, those that plugins find included."""
        faults = list(basic_faults(data))
        if isinstance(data, Mapping):
            faults += self.further_faults(None, data)
        if faults:
            raise ValidationError(faults)
        return True

    def further_faults(
        self, stage_id: str | None, values: Mapping[str, object]
    ) -> list[FieldError]:
        """What the validators of plugins find; one that fails refuses as `PluginFailed`."""
        faults: list[FieldError] = []
        for validator in self.validators:
            faults += ask_validator(validator, stage_id, values)
        return faults

    def may(self, post_id: int, actor: Actor, transition: str) -> Refusal | None:
        """Contributors hand in; authors and above publish, once every gate before it is open."""
        if transition not in _PUBLISHING:
            return None
        if actor.role not in _MAY_PUBLISH:
            return Refusal(f"The role {actor.role} may not {transition}; ask an editor.")
        if not self._has_gates:
            return None
        return refusal_at(self._site(), self.standing(post_id), actor, PUBLISH)
