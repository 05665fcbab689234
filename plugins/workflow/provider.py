"""The stage port: sub-stages of the definition; publishing is a matter of roles."""

from collections.abc import Mapping

from blog_core.api import Actor, QueryExecutor, Refusal
from plugins.workflow.definition import Definition
from plugins.workflow.loading import load_stage
from plugins.workflow.validation import validate_stage_data

_PUBLISHING = frozenset({"publish", "schedule"})
_MAY_PUBLISH = frozenset({"author", "editor", "admin", "system"})


class WorkflowStages:
    """Stages from a definition, in the blog's database."""

    def __init__(self, executor: QueryExecutor, definition: Definition) -> None:
        self._executor, self.definition = executor, definition

    def load(self, post_id: int, stage_id: str) -> Mapping[str, object]:
        """One sub-stage of a post, in one statement."""
        return load_stage(self._executor, self.definition, post_id, stage_id)

    def validate(self, data: Mapping[str, object]) -> bool:
        """True, or `ValidationError` with every fault."""
        return validate_stage_data(data)

    def may(self, post_id: int, actor: Actor, transition: str) -> Refusal | None:
        """Contributors hand in; authors and above publish."""
        if transition in _PUBLISHING and actor.role not in _MAY_PUBLISH:
            return Refusal(f"The role {actor.role} may not {transition}; ask an editor.")
        return None
