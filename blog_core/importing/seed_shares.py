"""How made-up comments, tags and authors are spread: few have many, most have few."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import accumulate
from random import Random


def comment_shares(
    posts: int, comments: int, *, seed: int, may_have: Callable[[int], bool]
) -> "Shares":
    """How many of `comments` each post gets that may have any: a few get most of them."""
    chance = Random(seed)  # noqa: S311  nothing secret
    # A Pareto distribution, capped so that no post of a large blog holds a part of them all.
    cap = max(50.0, posts / 10)
    weights = array("d", (min(chance.paretovariate(1.1) - 1.0, cap) for _ in range(posts)))
    for number in range(posts):
        if not may_have(number):
            weights[number] = 0.0
    return Shares(array("d", accumulate(weights)), comments)


class Shares:
    """A total divided by weights without losing a piece to rounding; 0 where all weights are."""

    def __init__(self, cumulated: "array[float]", total: int) -> None:
        self._cumulated = cumulated
        self._total = total

    def of(self, position: int) -> int:
        """The share of one position, counted from 0. The shares of all positions give the total."""
        before = self._until(position - 1) if position else 0
        return self._until(position) - before

    def _until(self, position: int) -> int:
        whole = self._cumulated[-1]
        return round(self._total * (self._cumulated[position] / whole)) if whole else 0


class Popular:
    """Draws from things of which the first are far more popular than the last (Zipf's law)."""

    def __init__(self, ids: Sequence[int]) -> None:
        self._ids = ids
        self._cumulated = list(accumulate(1 / rank for rank in range(1, len(ids) + 1)))

    def draw(self, chance: Random) -> int:
        """One of the ids."""
        return self._ids[bisect_left(self._cumulated, chance.random() * self._cumulated[-1])]

    def draw_some(self, chance: Random, count: int) -> list[int]:
        """Up to `count` different ids."""
        return list(dict.fromkeys(self.draw(chance) for _ in range(count)))
