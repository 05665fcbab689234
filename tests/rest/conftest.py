"""The fixtures of `tests.flows.world`, and programs with tokens."""

from tests.flows.world import make_world, world
from tests.rest.programs import people

__all__ = ["make_world", "people", "world"]
