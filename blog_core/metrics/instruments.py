"""What code holds to count: counter, gauge and histogram, each a few slots of the segment.

No lock: in one process `values[i] += x` on a memoryview runs between two points where CPython may
switch threads (calls and backward jumps), so no addition is lost.
"""

from bisect import bisect_left
from typing import final

from blog_core.metrics.segment import Segment


@final
class Counter:
    """Only rises."""

    __slots__ = ("_index", "_segment")

    def __init__(self, segment: Segment, index: int) -> None:
        self._segment, self._index = segment, index

    def inc(self, amount: float = 1.0) -> None:
        """Add `amount`, which is not negative."""
        self._segment.values[self._index] += amount

    @property
    def value(self) -> float:
        """This process's count."""
        return self._segment.values[self._index]


@final
class Gauge:
    """Stands at a value."""

    __slots__ = ("_index", "_segment")

    def __init__(self, segment: Segment, index: int) -> None:
        self._segment, self._index = segment, index

    def set(self, value: float) -> None:
        """Stand at `value`."""
        self._segment.values[self._index] = value

    def add(self, amount: float) -> None:
        """Rise, or fall by a negative amount."""
        self._segment.values[self._index] += amount

    @property
    def value(self) -> float:
        """This process's value."""
        return self._segment.values[self._index]


@final
class Histogram:
    """Counts values by fixed bounds, and adds them up."""

    __slots__ = ("_bounds", "_indexes", "_segment")

    def __init__(self, segment: Segment, indexes: list[int], bounds: tuple[float, ...]) -> None:
        self._segment, self._indexes, self._bounds = segment, indexes, bounds

    def observe(self, value: float) -> None:
        """Count one value."""
        values = self._segment.values
        values[self._indexes[bisect_left(self._bounds, value)]] += 1.0
        values[self._indexes[-1]] += value
