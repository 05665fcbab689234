"""Gates: what is missing before a post, or one of its sub-stages, may take a step."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from blog_core.api import Actor, Refusal, Site
from plugins.workflow.definition import Gate
from plugins.workflow.guards import ask_check, findings
from plugins.workflow.own import own_stages
from plugins.workflow.standing import Standing


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that a gate misses: a sentence, and the sub-stage where it is put right.

    `kind` is stage, field, check, role or approvals.
    """

    kind: str
    text: str
    stage_id: str | None = None
    field: str | None = None


Keeper = Callable[[Site, Standing, Gate], Sequence[Missing]]
"""Asked at every gate, for what the rest of the plugin knows of: approvals."""


def missing_at(site: Site, standing: Standing, actor: Actor, before: str) -> list[Missing]:
    """Everything that the gates before a transition miss, for this actor."""
    found: list[Missing] = []
    for gate in standing.definition.gates(before):
        found += [*_stages(standing, gate), *_fields(standing, gate), *_roles(gate, actor)]
        found += _checks(site, standing, gate)
        for keeper in own_stages(site).keepers:
            found += keeper(site, standing, gate)
    return list(dict.fromkeys(found))


def refusal_at(site: Site, standing: Standing, actor: Actor, before: str) -> Refusal | None:
    """None when the way is free; else why not, with everything that is missing."""
    missing = missing_at(site, standing, actor, before)
    if not missing:
        return None
    reasons = [gate.why for gate in standing.definition.gates(before) if gate.why]
    reason = ". ".join(reasons) or f"The workflow {standing.definition.name!r} asks for more"
    return Refusal(reason, tuple(each.text for each in missing))


def _stages(standing: Standing, gate: Gate) -> Iterator[Missing]:
    for stage_id in gate.needs:
        row, title = standing.row(stage_id), standing.definition.parts[stage_id].title
        if row.state != "COMPLETED":
            text = f"{title} ({stage_id}) is {row.state}, not COMPLETED"
            yield Missing("stage", text, stage_id)
        elif gate.fresh and row.revision_id != standing.head_revision_id:
            text = f"{title} ({stage_id}) was completed on an earlier text: reopen and complete it"
            yield Missing("stage", text, stage_id)


def _fields(standing: Standing, gate: Gate) -> Iterator[Missing]:
    for path in gate.filled:
        if not standing.is_filled(path):
            stage_id, _, name = path.rpartition(".")
            title = standing.definition.parts[stage_id].by_name[name].title
            yield Missing("field", f"{title} ({path}) is empty", stage_id, name)


def _roles(gate: Gate, actor: Actor) -> Iterator[Missing]:
    if gate.roles and actor.role not in {*gate.roles, "system"}:
        text = f"a person with the role {' or '.join(gate.roles)}; {actor.name} is {actor.role}"
        yield Missing("role", text)


def _checks(site: Site, standing: Standing, gate: Gate) -> Iterator[Missing]:
    for name in gate.passes:
        check = own_stages(site).checks[name]
        for finding in findings(ask_check(check, site, standing.post_id)):
            yield Missing("check", f"{check.title}: {finding}")
