"""The proof: statements measured without and with an index, on rows that nobody else uses."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from plugins.db_opt.advise.asked import Asked
from plugins.db_opt.advise.form import Form
from plugins.db_opt.advise.ground import Measured, Measuring
from plugins.db_opt.advise.read_only import Refused

Outcome = Literal["faster", "slower", "same"]
Verdict = Literal["helps", "harms", "trade", "useless", "impossible"]
SLOWER = 1.2
FASTER = 0.8
HALF = 0.5
"""So much less is read that the time of a busy machine does not matter."""
_LEAST_MS = 0.05
"""Below this, times say nothing."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One statement whose plan an index changed."""

    asked: Asked
    before: Measured
    after: Measured

    @property
    def outcome(self) -> Outcome:
        """Time and blocks must agree: a busy machine slows anything down once."""
        ms = _ratio(self.after.ms, self.before.ms, _LEAST_MS)
        if self.after.was_stopped or self.before.was_stopped:
            return _of_stopped(self.before, self.after)
        if self.before.blocks is None or self.after.blocks is None:
            return "faster" if ms <= FASTER else "slower" if ms >= SLOWER else "same"
        blocks = _ratio(self.after.blocks, self.before.blocks, 1)
        if ms >= SLOWER and blocks >= SLOWER:
            return "slower"
        is_faster = (blocks <= FASTER and ms < SLOWER) or (ms <= FASTER and blocks < SLOWER)
        return "faster" if is_faster or blocks <= HALF else "same"


def _of_stopped(before: Measured, after: Measured) -> Outcome:
    if before.was_stopped == after.was_stopped:
        return "same"
    return "slower" if after.was_stopped else "faster"


@dataclass(frozen=True, slots=True)
class Proof:
    """What was measured of one index."""

    form: Form
    compared: Sequence[Compared]
    was_built: bool = True

    @property
    def verdict(self) -> Verdict:
        """`trade`: some statements gain and others lose."""
        if not self.was_built:
            return "impossible"
        outcomes = {one.outcome for one in self.compared}
        if "slower" in outcomes:
            return "trade" if "faster" in outcomes else "harms"
        return "helps" if "faster" in outcomes else "useless"


class Prover:
    """Measures every statement whose plan an index changes, be it for the better or not."""

    def __init__(self, statements: Sequence[Asked], ground: Measuring) -> None:
        self._statements, self._ground = statements, ground
        self._known: dict[tuple[Asked, str], Measured | None] = {}

    def prove(self, form: Form) -> Proof:
        """Try one index on top of those that helped; one that does not help is taken away."""
        concerned = [asked for asked in self._statements if form.table in asked.tables]
        before = [(asked, self._measured(asked)) for asked in concerned]
        if self._ground.add(form) is None:
            return Proof(form, (), was_built=False)
        compared = [
            Compared(asked, was, now)
            for asked, was in before
            if was is not None
            and (plan := self._ground.plan(asked)) is not None
            and form.name in plan.indexes
            and (now := self._measured(asked)) is not None
        ]
        proof = Proof(form, compared)
        if proof.verdict != "helps":
            self._ground.drop(form)
        return proof

    def _measured(self, asked: Asked) -> Measured | None:
        """What a statement takes; with the same plan it is not measured again."""
        plan = self._ground.plan(asked)
        if plan is None:
            return None
        key = asked, plan.text
        if key not in self._known:
            self._known[key] = None
            with suppress(Refused):
                self._known[key] = self._ground.measure(asked)
        return self._known[key]


def _ratio(after: float, before: float, least: float) -> float:
    return max(after, least) / max(before, least)
