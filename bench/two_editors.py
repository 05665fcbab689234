"""Two editors of one sub-stage, whose reading and saving is mixed at random; what was lost.

Each edit adds a line of its own to a field. A save that was acknowledged and whose line is not in
the end is a lost update. An editor who meets a conflict reads again and adds the line anew, or
takes the merged text that is offered.
"""

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from plugins.workflow.refusals import StageConflict
from plugins.workflow.saving import save_stage
from plugins.workflow.standing import StageRow

if TYPE_CHECKING:
    from blog_core.site import Site

STAGE_ID = "planning.idea"
FIELDS = ("idea", "audience")
EDITS = 2
"""Edits of each editor in one interleaving."""


@dataclass
class Outcome:
    """What came of some interleavings."""

    interleavings: int = 0
    saves: int = 0
    merged: int = 0
    conflicts: int = 0
    lost: int = 0


@dataclass
class Editor:
    """Somebody with a form open: what they saw, and the lines they were told are saved."""

    name: str
    is_careful: bool
    seen: StageRow | None = None
    edits: int = 0
    acknowledged: list[tuple[str, str]] = field(default_factory=list)

    def read(self, site: "Site", post_id: int) -> None:
        """Open the form."""
        self.seen = row_of(site, post_id)

    def save(self, site: "Site", post_id: int, random: Random, outcome: Outcome) -> None:
        """Add a line to a field, and send the whole form."""
        assert self.seen is not None
        name, line = random.choice(FIELDS), f"{self.name}{self.edits}"
        form: dict[str, Any] = {each: self.seen.fields.get(each) for each in FIELDS}
        own = [form[name], line] if random.random() < 0.5 else [line, form[name]]
        form[name] = "\n".join(filter(None, own))
        version = self.seen.version if self.is_careful else None
        try:
            with site.transaction() as session:
                saved = save_stage(
                    session, post_id=post_id, stage_id=STAGE_ID, version=version, fields=form
                )
        except StageConflict:
            outcome.conflicts += 1
            self.seen = None  # reads again, and does the edit once more
            return
        outcome.saves += 1
        outcome.merged += bool(saved.merged)
        self.acknowledged.append((name, line))
        self.edits += 1
        self.seen = None


def interleave(
    site: "Site", post_id: int, random: Random, outcome: Outcome, *, is_careful: bool = True
) -> None:
    """Let two editors do their edits, one step at a time, in an order that `random` gives.

    With `is_careful=False` they save without saying what they saw, as if nobody else were there.
    """
    clear(site, post_id)
    editors = [Editor("a", is_careful), Editor("b", is_careful)]
    while under_way := [editor for editor in editors if editor.edits < EDITS]:
        editor = random.choice(under_way)
        if editor.seen is None:
            editor.read(site, post_id)
        else:
            editor.save(site, post_id, random, outcome)
    fields = row_of(site, post_id).fields
    outcome.interleavings += 1
    outcome.lost += sum(
        line not in (fields.get(name) or "").split("\n")
        for editor in editors
        for name, line in editor.acknowledged
    )


def row_of(site: "Site", post_id: int) -> StageRow:
    """The sub-stage as it stands."""
    from plugins.workflow.own import own_stages

    return own_stages(site).standing(post_id).row(STAGE_ID)


def clear(site: "Site", post_id: int) -> None:
    """Empty the form."""
    with site.transaction() as session:
        empty: dict[str, object] = dict.fromkeys(FIELDS)
        save_stage(session, post_id=post_id, stage_id=STAGE_ID, version=None, fields=empty)
