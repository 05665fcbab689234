"""Why a change of a sub-stage was not made: both values of a field, or the roles that may."""

from collections.abc import Mapping
from typing import Any

from blog_core.api import Actor, Collision, Conflict, Forbidden
from plugins.workflow.standing import StageRow


class StageConflict(Conflict):
    """Somebody else changed the same fields, or an action was asked for on an old version.

    `collisions` hold both values of each such field, `theirs` all values as they stand now and
    `yours` what was sent. Nothing was changed.
    """

    def __init__(
        self,
        stage_id: str,
        row: StageRow,
        *,
        seen: int,
        yours: Mapping[str, Any],
        collisions: tuple[Collision, ...] = (),
    ) -> None:
        super().__init__("stage", stage_id, seen=seen, current=row.version, collisions=collisions)
        self.state, self.theirs, self.yours = row.state, dict(row.fields), dict(yours)


class NotForThisRole(Forbidden):
    """The definition leaves an action to other roles; the message names them."""

    def __init__(self, actor: Actor, action: str, stage_id: str, roles: tuple[str, ...]) -> None:
        super().__init__(actor.name, action, f"stage {stage_id!r}")
        self.roles = roles
        who = " or ".join(roles)
        refused = f"{actor.name} ({actor.role}) may not {action} stage {stage_id!r}"
        self.args = (f"{refused}: that is for {who}. Nothing was changed.",)
