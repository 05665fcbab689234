"""The fixtures of `tests.flows.world`, for the editor."""

from tests.flows.world import make_world, world

__all__ = ["make_world", "world"]
