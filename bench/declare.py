"""What a benchmark is: names, goals, and two sides to measure."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """A bound for the ratio ours / others; or for our own value, where there are no others."""

    bound: float
    at_least: bool

    def is_met(self, value: float) -> bool:
        """True when the value is on the right side of the bound."""
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        return f"{'>=' if self.at_least else '<='} {self.bound:g}"


def at_least(bound: float) -> Goal:
    """A goal for which more is better, such as requests a second."""
    return Goal(bound, at_least=True)


def at_most(bound: float) -> Goal:
    """A goal for which less is better, such as time."""
    return Goal(bound, at_least=False)


@dataclass(frozen=True)
class Metric:
    """One row of the table: what is counted, in which unit, and what should come out.

    With `is_absolute` the goal is for our own value, though there are others to compare with.
    """

    name: str
    unit: str
    goal: Goal | None = None
    note: str = ""
    is_absolute: bool = False


@dataclass(frozen=True)
class Sample:
    """One measurement of one side: a value for each metric.

    `busy` is the share of a core that a loaded server used. A server that waited for its client
    was not measured, so its row does not count.
    """

    values: tuple[float, ...]
    busy: float | None = None


Measure = Callable[[], Sample]


@dataclass(frozen=True)
class Comparison:
    """The two sides, ready to be measured again and again; `note` goes to the table."""

    ours: Measure
    others: Measure | None = None
    note: str = ""


Prepare = Callable[[], Iterator[Comparison]]


@dataclass(frozen=True)
class Benchmark:
    """A named benchmark: how to set it up, what it measures, how many times."""

    name: str
    metrics: tuple[Metric, ...]
    repeats: int
    prepare: Callable[[], contextlib.AbstractContextManager[Comparison]]


REGISTERED: dict[str, Benchmark] = {}


def benchmark(name: str, *metrics: Metric, repeats: int = 5) -> Callable[[Prepare], Prepare]:
    """Register a generator that sets up, yields its `Comparison` once, and cleans up."""

    def register(prepare: Prepare) -> Prepare:
        if name in REGISTERED:
            raise ValueError(f"Two benchmarks are called {name!r}; rename one of them.")
        REGISTERED[name] = Benchmark(name, metrics, repeats, contextlib.contextmanager(prepare))
        return prepare

    return register
