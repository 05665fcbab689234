"""Advice as people read it, and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from plugins.db_opt.advise.advising import Advice, Proposal
from plugins.db_opt.advise.asked import Asked
from plugins.db_opt.advise.choosing import Served
from plugins.db_opt.advise.ground import Measured
from plugins.db_opt.advise.proving import Compared
from plugins.db_opt.advise.rewrites import Rewrite

_SHOWN = 300
_STATEMENTS = 5


def lines(advice: Advice) -> Iterator[str]:
    """The report: what to build, what was refused, what to write in another way."""
    if not advice.statements and not advice.unread:
        yield "Nothing to advise on: no statement on a table of the blog was recorded yet."
        return
    for proposal in sorted(advice.proposals, key=lambda one: bool(one.refused)):
        yield from _proposal(proposal, advice)
    for rewrite in advice.rewrites:
        yield from _rewrite(rewrite)
    if advice.unread:
        yield f"unread   {len(advice.unread)} statement(s): {advice.unread[0].reason}"
    yield _summary(advice)
    if advice.hint and advice.proposals:
        yield advice.hint


def _proposal(proposal: Proposal, advice: Advice) -> Iterator[str]:
    yield f"{'refuse' if proposal.refused else 'propose':8} {proposal.form.name}"
    yield f"    index  {proposal.ddl}"
    yield f"    why    {proposal.form.why}"
    for served in proposal.served[:_STATEMENTS]:
        yield from _statement(served.asked)
        yield f"    cost   {cost_told(served, advice)}"
    yield from proof_lines(proposal)
    yield f"    do     {_what_to_do(proposal)}"


def _statement(asked: Asked) -> Iterator[str]:
    yield f"    for    {' '.join(asked.sql.split())[:_SHOWN]}"
    for one in asked.observed[:_STATEMENTS]:
        mean_ms = one.total_s / max(one.calls, 1) * 1000
        yield (
            f"           route {one.route or '-'}, plugin {one.plugin}, {one.calls:,} x, "
            f"{mean_ms:.1f} ms each, {one.where}"
        )


def cost_told(served: Served, advice: Advice) -> str:
    """What the planner says."""
    before, after = served.before, served.after
    if before is None or after is None:
        return "not costed"
    plans = f"{before.text} -> {after.text}"
    if before.cost is None or after.cost is None:
        return f"the planner of {advice.priced_by or 'the copy'} takes it: {plans}"
    return f"{before.cost:,.0f} -> {after.cost:,.0f} by {advice.priced_by or 'the copy'}: {plans}"


def proof_lines(proposal: Proposal) -> Iterator[str]:
    """What was measured of one index."""
    if proposal.proof is None:
        yield "    proof  not measured"
        return
    for one in proposal.proof.compared:
        told = f"{_measured(one.before)} -> {_measured(one.after)}"
        yield f"    proof  {one.outcome}: {told}: {' '.join(one.asked.sql.split())[:60]}"
    if not proposal.proof.compared:
        yield "    proof  no statement's plan uses it"


def _measured(measured: Measured) -> str:
    blocks = "" if measured.blocks is None else f", {measured.blocks:,} blocks"
    return f"{'more than ' if measured.was_stopped else ''}{measured.ms:.2f} ms{blocks}"


def _what_to_do(proposal: Proposal) -> str:
    if proposal.refused:
        return f"nothing: {proposal.refused}"
    if proposal.proof is None:
        return (
            "--prove measures it on a copy; --apply builds it, and takes it back if it is no help"
        )
    return "--apply builds it; then declare it in the model, or keep it by hand"


def _rewrite(rewrite: Rewrite) -> Iterator[str]:
    yield "rewrite  no index helps this statement"
    yield from _statement(rewrite.asked)
    yield f"    why    {rewrite.why}"
    yield f"    do     {rewrite.instead}"


def _summary(advice: Advice) -> str:
    accepted = len(advice.accepted)
    return (
        f"{accepted} to build, {len(advice.proposals) - accepted} refused, "
        f"{len(advice.rewrites)} to rewrite, of {len(advice.statements)} statements."
    )


def as_json(advice: Advice) -> Mapping[str, Any]:
    """The same for programs. Sample values are not in it."""
    return {
        "priced_by": advice.priced_by or None,
        "hint": advice.hint or None,
        "statements": len(advice.statements),
        "proposals": [_proposal_as_json(one) for one in advice.proposals],
        "rewrites": [
            {**_asked_as_json(one.asked), "why": one.why, "instead": one.instead}
            for one in advice.rewrites
        ],
        "unread": [{"statement": one.statement, "reason": one.reason} for one in advice.unread],
    }


def _proposal_as_json(proposal: Proposal) -> Mapping[str, Any]:
    proof = proposal.proof
    return {
        "name": proposal.form.name,
        "ddl": proposal.ddl,
        "why": proposal.form.why,
        "refused": proposal.refused or None,
        "verdict": proof.verdict if proof else None,
        "for": [
            {
                **_asked_as_json(one.asked),
                "cost_before": one.before.cost if one.before else None,
                "cost_after": one.after.cost if one.after else None,
                "plan_before": one.before.text if one.before else None,
                "plan_after": one.after.text if one.after else None,
            }
            for one in proposal.served
        ],
        "measured": _compared_as_json(proof.compared) if proof else None,
    }


def _asked_as_json(asked: Asked) -> Mapping[str, Any]:
    return {
        "statement": asked.sql,
        "calls": asked.calls,
        "total_ms": round(asked.total_s * 1000, 3),
        "from": [
            {"route": one.route, "plugin": one.plugin, "where": one.where, "calls": one.calls}
            for one in asked.observed
        ],
    }


def _compared_as_json(compared: Sequence[Compared]) -> Sequence[Mapping[str, Any]]:
    return [
        {
            "statement": one.asked.sql,
            "outcome": one.outcome,
            "ms_before": round(one.before.ms, 3),
            "ms_after": round(one.after.ms, 3),
            "blocks_before": one.before.blocks,
            "blocks_after": one.after.blocks,
        }
        for one in compared
    ]
