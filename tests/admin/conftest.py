"""The whole blog, as the flows use it."""

from tests.flows.world import make_world, world

__all__ = ["make_world", "world"]
