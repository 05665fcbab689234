"""How long something may be kept, in seconds."""

from math import isfinite

MAX_TTL_S = 366 * 86_400.0
"""Longest lifetime that can be meant; a longer one is a mistake in the unit."""


def checked_ttl(ttl_s: float) -> float:
    """`ttl_s`, or `ValueError` for a lifetime that nobody can mean."""
    if isinstance(ttl_s, bool) or not isinstance(ttl_s, int | float):
        raise TypeError(f"A lifetime is a number of seconds; found {type(ttl_s).__qualname__}.")
    if not isfinite(ttl_s) or not 0 < ttl_s <= MAX_TTL_S:
        raise ValueError(
            f"A lifetime of {ttl_s!r} seconds was asked for; "
            f"use more than 0 and at most {MAX_TTL_S:.0f} (366 days)."
        )
    return float(ttl_s)
