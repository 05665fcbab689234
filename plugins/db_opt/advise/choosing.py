"""Which of the candidates the planner takes, and the fewest that serve all statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plugins.db_opt.advise.asked import Asked
from plugins.db_opt.advise.form import Form, does_all_of, merged
from plugins.db_opt.advise.ground import Ground, Plan

CHEAPER = 0.7
"""A plan must cost this much of what it cost, or less: estimates are coarse."""
Wishes = Mapping[Asked, Sequence[Form]]
"""Each statement with its candidates, the best first."""


@dataclass(frozen=True, slots=True)
class Served:
    """A statement that an index would serve; the plans are None where nobody was asked."""

    asked: Asked
    before: Plan | None = None
    after: Plan | None = None


Chosen = Mapping[Form, Sequence[Served]]


def choose(wishes: Wishes, ground: Ground | None) -> Chosen:
    """The indexes to propose, each with the statements that it serves, the weightiest first.

    Each statement gets its best candidate that the planner takes; without a planner to ask, its
    best one.
    """
    queues: dict[tuple[Asked, str], list[Form]] = defaultdict(list)
    for asked, forms in wishes.items():
        for form in forms:
            queues[asked, form.table].append(form)
    before: Mapping[Asked, Plan | None] = {}
    if ground is not None:
        ground.clear()
        before = {asked: ground.plan(asked) for asked in wishes}
    while True:
        first = {key: queue[0] for key, queue in queues.items() if queue}
        weights: defaultdict[Form, float] = defaultdict(float)
        for (asked, _), form in first.items():
            weights[form] += asked.total_s
        forms = merged(weights)
        if ground is None:
            return _by_structure(first, forms)
        found = _taken(wishes, ground, before, forms)
        served = {(one.asked, form.table) for form, some in found.items() for one in some}
        unserved = first.keys() - served
        if not unserved:
            return {form: found[form] for form in forms if form in found}
        for key in unserved:
            queues[key].pop(0)


def _taken(
    wishes: Wishes, ground: Ground, before: Mapping[Asked, Plan | None], forms: Sequence[Form]
) -> Mapping[Form, Sequence[Served]]:
    """Put all of them there at once, and see which the planner takes."""
    names = {name: form for form in forms if (name := ground.add(form)) is not None}
    found: defaultdict[Form, list[Served]] = defaultdict(list)
    for asked in wishes:
        was, now = before[asked], ground.plan(asked)
        if was is not None and now is not None and _is_cheaper(was, now):
            for name in now.indexes & names.keys():
                found[names[name]].append(Served(asked, was, now))
    ground.clear()
    return found


def _by_structure(first: Mapping[tuple[Asked, str], Form], forms: Sequence[Form]) -> Chosen:
    found: defaultdict[Form, list[Served]] = defaultdict(list)
    for (asked, _), wanted in first.items():
        form = next(form for form in forms if form == wanted or does_all_of(form, wanted))
        found[form].append(Served(asked))
    return {form: found[form] for form in forms}


def _is_cheaper(was: Plan, now: Plan) -> bool:
    if was.cost is None or now.cost is None:
        return now.indexes != was.indexes  # SQLite tells no price; it takes what it finds cheaper
    return now.cost <= CHEAPER * was.cost
