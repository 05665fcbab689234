"""The fixtures of `tests.flows.world`, for all flows."""

from tests.flows.world import make_world, world

__all__ = ["make_world", "world"]
